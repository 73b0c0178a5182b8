extension CostPage {
    /// The whole page: HTML5 that is well-formed XML too.
    package func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8"/>
        <title>What deletions cost: \(Markup.escaped(name))</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <style>
        \(Self.style)\(Picture.styles)</style>
        </head>
        <body>
        <header>
        <h1>What deletions cost: <bdi>\(Markup.escaped(name))</bdi></h1>
        <p class="soft">\(Markup.escaped(date)) · \(Markup.escaped(machine))</p>
        </header>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private var sections: [String] {
        [
            totalsSection, hitsSection, curveSection, timesSection, accuracySection, storageSection, historySection
        ]
    }

    static func section(_ id: String, _ heading: String, _ parts: [String]) -> String {
        """
        <section id="\(id)">
        <h2>\(heading)</h2>
        \(parts.joined(separator: "\n"))
        </section>
        """
    }

    /// One picture laid out twice, for screens and paper and for a phone: text shrinks on neither.
    static func figure(_ id: String, _ caption: [String], _ svg: (_ id: String, _ width: Int) -> String) -> String {
        """
        <figure>
        <div class="wide">\(svg(id + "-wide", 688))</div>
        <div class="narrow">\(svg(id + "-narrow", 360))</div>
        <figcaption>\(caption.map { "<p>\($0)</p>" }.joined())</figcaption>
        </figure>
        """
    }

    /// What a section says that has no data.
    static func empty(_ why: String) -> String { "<p class=\"soft\">\(why)</p>" }
}
