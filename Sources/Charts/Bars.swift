/// Horizontal bars, two to a row: the whole, and the part of it that is really there.
package struct Bars {
    /// Two bars under a label.
    package struct Row {
        let label: String
        let whole: Double
        let part: Double

        /// A row whose bars have these lengths, in any unit.
        package init(label: String, whole: Double, part: Double) {
            self.label = label
            self.whole = whole
            self.part = part
        }
    }

    let title: String
    let whole: String
    let part: String
    let rows: [Row]
    let text: @Sendable (Double) -> String

    /// A picture of these rows; `whole` and `part` name the two bars, and `text` writes a number at the end of its bar.
    package init(title: String, whole: String, part: String, rows: [Row], text: @escaping @Sendable (Double) -> String)
    {
        self.title = title
        self.whole = whole
        self.part = part
        self.rows = rows
        self.text = text
    }

    /// An SVG document; see `Chart.svg`.
    package func svg(id: String = "bars", width: Int = 720, embedded: Bool = false) -> String {
        let width = Picture.width(width)
        let lines = Picture.titleLines(title, width: width)
        var y = 18 + Double(lines.count) * 20 + 12
        var body = Picture.heading(lines)
        let greatest = rows.flatMap { [$0.whole, $0.part] }.filter(Self.isDrawable).max() ?? 0
        let numbers = rows.flatMap { [$0.whole, $0.part] }.map { TextWidth.of(text($0), size: 12) }.max() ?? 0
        let room = max(40, width - 16 - numbers - 8)
        for row in rows {
            body += Picture.text(TextWidth.fitted(row.label, size: 12, width: width - 16), 8, y + 4)
            body +=
                bar(row.whole, greatest, y + 10, room, hollow: true)
                + bar(row.part, greatest, y + 26, room, hollow: false)
            y += 58
        }
        let (soft, hard) = (TextWidth.of(whole, size: 12) + 34, TextWidth.of(part, size: 12) + 34)
        body += rect(8, y - 2, 16, hollow: true) + Picture.text(whole, 30, y + 9)
        let second = soft + hard + 16 > width ? (8, y + 20) : (8 + soft + 8, y)
        body += rect(second.0, second.1 - 2, 16, hollow: false) + Picture.text(part, second.0 + 22, second.1 + 9)
        let words = rows.map { "\($0.label): \(whole) \(text($0.whole)), \(part) \(text($0.part))." }
        return Picture(
            id: id, title: title, description: words.joined(separator: " "), width: width, height: second.1 + 22
        ).svg(body, embedded: embedded)
    }

    private static func isDrawable(_ value: Double) -> Bool { value.isFinite && value >= 0 }

    private func bar(_ value: Double, _ greatest: Double, _ y: Double, _ room: Double, hollow: Bool) -> String {
        let length = Self.isDrawable(value) && greatest > 0 ? max(1, value / greatest * room) : 0
        return (length > 0 ? rect(8, y, length, hollow: hollow) : "")
            + Picture.text(text(value), 8 + length + 6, y + 11, extra: " class=\"soft\"")
    }

    private func rect(_ x: Double, _ y: Double, _ width: Double, hollow: Bool) -> String {
        let color = Palette.light[0]
        return """
            <rect class="f0 s0" fill="\(color)" stroke="\(color)" fill-opacity="\(hollow ? "0.15" : "1")" \
            x="\(Numeral.coordinate(x))" y="\(Numeral.coordinate(y))" width="\(Numeral.coordinate(width))" height="13"/>

            """
    }
}
