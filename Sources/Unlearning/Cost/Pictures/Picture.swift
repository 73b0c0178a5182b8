/// The frame that all pictures share: an SVG document with its name and its words for people who do not see it.
struct Picture {
    let id: String
    let title: String
    let description: String
    let width: Double
    let height: Double

    /// The document around a body; embedded is inside a page that has `styles` already.
    func svg(_ body: String, embedded: Bool) -> String {
        let (id, w, h) = (Markup.escaped(id), Numeral.coordinate(width), Numeral.coordinate(height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="sisa" role="img" width="\(w)" height="\(h)" \
            viewBox="0 0 \(w) \(h)" aria-labelledby="\(id)-title \(id)-words">
            <title id="\(id)-title">\(Markup.escaped(title))</title>
            <desc id="\(id)-words">\(Markup.escaped(description))</desc>
            \(embedded ? "" : "<style>\(Self.styles)</style>")
            <rect class="paper" width="\(w)" height="\(h)" fill="#fff"/>
            \(body)
            </svg>
            """
    }

    static let styles = Palette.style + HeatScale.style

    /// A width in which a picture can be laid out.
    static func width(_ wanted: Int) -> Double { Double(min(4000, max(280, wanted))) }

    static func titleLines(_ title: String, width: Double) -> [String] {
        // A tenth for the weight of the letters.
        TextWidth.lines(title, size: 15 * 1.1, width: width - 16, most: 3)
    }

    static func heading(_ lines: [String]) -> String {
        lines.enumerated().map {
            text($0.element, 8, 22 + Double($0.offset) * 20, size: 15, extra: " font-weight=\"600\"")
        }.joined()
    }

    static func text(_ text: String, _ x: Double, _ y: Double, size: Double = 12, extra: String = "") -> String {
        """
        <text x="\(Numeral.coordinate(x))" y="\(Numeral.coordinate(y))" font-size="\(Numeral.coordinate(size))"\(extra)>\
        \(Markup.escaped(text))</text>

        """
    }
}
