/// One HTML file with sections, pictures and tables and nothing from elsewhere: no script, no font, no link.
///
/// It is HTML5 that is well-formed XML too. The same values give the same bytes.
package struct Page: Sendable {
    /// The text of the window's title, not escaped.
    package let title: String
    /// The heading, as HTML.
    package let heading: String
    /// The line under the heading, not escaped.
    package let subtitle: String
    /// The sections in their order, as HTML; see `section`.
    package let sections: [String]

    /// A page of these parts.
    package init(title: String, heading: String, subtitle: String, sections: [String]) {
        self.title = title
        self.heading = heading
        self.subtitle = subtitle
        self.sections = sections
    }

    /// The whole file.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8"/>
        <title>\(Markup.escaped(title))</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <style>
        \(Self.style)\(Picture.styles)</style>
        </head>
        <body>
        <header>
        <h1>\(heading)</h1>
        <p class="soft">\(Markup.escaped(subtitle))</p>
        </header>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// A section with a heading and parts below each other, all as HTML.
    package static func section(_ id: String, _ heading: String, _ parts: [String]) -> String {
        """
        <section id="\(id)">
        <h2>\(heading)</h2>
        \(parts.joined(separator: "\n"))
        </section>
        """
    }

    /// A picture with the paragraphs of its caption, laid out twice, for screens and paper and for a phone: text
    /// shrinks on neither.
    ///
    /// `svg`: Draws the picture with this id and this width in CSS pixels.
    package static func figure(
        _ id: String, _ caption: [String], _ svg: (_ id: String, _ width: Int) -> String
    ) -> String {
        """
        <figure>
        <div class="wide">\(svg(id + "-wide", 688))</div>
        <div class="narrow">\(svg(id + "-narrow", 360))</div>
        <figcaption>\(caption.map { "<p>\($0)</p>" }.joined())</figcaption>
        </figure>
        """
    }

    /// What a section without data says instead, as HTML.
    package static func empty(_ why: String) -> String { "<p class=\"soft\">\(why)</p>" }

    /// The style sheet: readable on a phone, on a dark screen and on paper; every colour has its partner in the dark.
    static let style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--grid:#dfe3e8;--paper:#fff;--link:#0072b2}
        @media screen and \
        (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b1bb;--grid:#343a42;--paper:#15181c;--link:#63b8f0}}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:45rem;background:var(--paper);color:var(--ink);\
        font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
        h2{font-size:1.25rem;line-height:1.3;margin:2.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--grid)}
        p{margin:.5rem 0}
        .soft,figcaption,caption{color:var(--soft)}
        figure{margin:1rem 0 .5rem}
        figcaption{font-size:.9rem}
        figcaption p{margin:.4rem 0}
        svg.sisa{display:block;max-width:100%;height:auto}
        .narrow{display:none}
        .formula{font-family:"Cambria Math",Cambria,Georgia,serif;font-style:italic;color:var(--ink)}
        code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9em}
        details{margin:.5rem 0}
        summary{cursor:pointer;color:var(--link);padding:.35rem 0}
        .scroll{overflow-x:auto;margin:.5rem 0;background:linear-gradient(to right,transparent,var(--paper) 60%) \
        right/2.5rem 100% no-repeat local,linear-gradient(to left,var(--grid),transparent) right/1rem 100% no-repeat \
        scroll}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
        caption{text-align:left;padding:0 0 .35rem}
        th,td{text-align:left;vertical-align:top;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--grid)}
        thead th{vertical-align:bottom;font-weight:600}
        tbody th{font-weight:400}
        .r,.n{text-align:right}
        .n,.short{white-space:nowrap}
        sup,sub{line-height:0;font-size:.75em}
        td:not(.n),tbody th:not(.n){overflow-wrap:anywhere;min-width:5rem}
        @media screen and (max-width:43rem){.wide{display:none}.narrow{display:block}th,td{padding-right:.6rem}
        .stack,.stack tbody,.stack tr{display:block}
        .stack thead{display:none}
        .stack tr{padding:.35rem 0;border-bottom:1px solid var(--grid)}
        .stack tr>*{display:flex;justify-content:space-between;gap:1rem;padding:.1rem 0;border:0;min-width:0}
        .stack tr>*::before{content:attr(data-label);color:var(--soft);text-align:left;white-space:normal}
        }
        @media print{
        @page{margin:15mm}
        body{max-width:none;padding:0;font-size:10pt}
        figure,tr,.key{break-inside:avoid}
        h2,caption,summary,thead,tr:first-child{break-after:avoid}
        thead{display:table-header-group}
        th,td{padding-top:.12rem;padding-bottom:.12rem}
        .scroll{overflow:visible;background:none}
        details::details-content{content-visibility:visible;block-size:auto}
        summary{list-style:none;color:var(--ink)}
        svg.sisa{max-height:12cm}
        }

        """
}
