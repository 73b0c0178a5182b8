/// Lays a chart out: title, unit of y, plot, labels of x, legend, from top to bottom.
struct ChartDrawing {
    static let small = 12.0
    let chart: Chart
    let width: Double
    let marks: [ChartMarks]
    let x: Ruler
    let y: Ruler
    let titleLines: [String]
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    let embedded: Bool

    /// Embedded is in a page, whose heading stands above.
    init(_ chart: Chart, width: Double, embedded: Bool) {
        self.chart = chart
        self.width = width
        self.embedded = embedded
        marks = chart.series.map { ChartMarks($0, x: chart.x.scale, y: chart.y.scale) }
        y = Ruler(
            .init(of: marks.lazy.flatMap { $0.all.lazy.flatMap { [$0.low, $0.high] } }, scale: chart.y.scale), target: 6
        )
        let widest = y.labels.map { TextWidth.of($0, size: Self.small) }.max() ?? 0
        left = min(width * 0.4, 14 + widest)
        let xs = marks.lazy.flatMap { $0.all.lazy.map(\.x) }
        (x, right) = Self.ruler(.init(of: xs, scale: chart.x.scale), left: left, width: width)
        titleLines = embedded ? [] : Picture.titleLines(chart.title, width: width)
        top = (embedded ? 4 : 18) + Double(titleLines.count) * 20 + 26
        bottom = top + min(340, max(190, width * 0.46))
    }

    func svg(id: String) -> String {
        var body = Picture.heading(titleLines) + grid()
        let drawn = chart.series.indices.sorted { (rank($0), $0) < (rank($1), $1) }
        for index in drawn { body += shapes(index) }
        let (legend, height) = legend(from: bottom + 56)
        return Picture(id: id, title: chart.title, description: description, width: width, height: height)
            .svg(body + legend, embedded: embedded)
    }

    /// Bands lie below lines, and points on top.
    private func rank(_ index: Int) -> Int {
        switch chart.series[index].style {
        case .band: 0
        case .line, .dashed: 1
        case .points: 2
        }
    }

    func place(_ mark: ChartMarks.Mark) -> (x: Double, high: Double, low: Double) {
        (
            left + x.place(mark.x) * (right - left), bottom - y.place(mark.high) * (bottom - top),
            bottom - y.place(mark.low) * (bottom - top)
        )
    }

    func text(_ text: String, _ x: Double, _ y: Double, size: Double = small, extra: String = "") -> String {
        Picture.text(text, x, y, size: size, extra: extra)
    }

    private func grid() -> String {
        var lines = ""
        var labels = text(
            TextWidth.fitted(chart.y.title, size: Self.small, width: width - 16), 8, top - 12, extra: " class=\"soft\"")
        for (tick, label) in zip(y.ticks, y.labels) {
            let height = bottom - y.place(tick.value) * (bottom - top)
            lines += "M\(Numeral.coordinate(left)) \(Numeral.coordinate(height))H\(Numeral.coordinate(right))"
            labels += text(label, left - 6, height + 4, extra: " class=\"soft\" text-anchor=\"end\"")
        }
        var axis = "M\(Numeral.coordinate(left)) \(Numeral.coordinate(bottom))H\(Numeral.coordinate(right))"
        for (tick, label) in zip(x.ticks, x.labels) {
            let across = left + x.place(tick.value) * (right - left)
            axis += "M\(Numeral.coordinate(across)) \(Numeral.coordinate(bottom))v5"
            labels += text(label, across, bottom + 19, extra: " class=\"soft\" text-anchor=\"middle\"")
        }
        let middle = (left + right) / 2
        let room = 2 * min(middle, width - middle) - 8
        labels += text(
            TextWidth.fitted(chart.x.title, size: Self.small, width: room), middle, bottom + 38,
            extra: " class=\"soft\" text-anchor=\"middle\"")
        return """
            <path class="grid" stroke="#dfe3e8" fill="none" d="\(lines)"/>
            <path class="axis" stroke="#57606a" fill="none" d="\(axis)"/>
            \(labels)
            """
    }

    /// As many ticks as their labels leave room for, and a right margin that holds half of the last one.
    private static func ruler(_ extent: Ruler.Extent, left: Double, width: Double) -> (Ruler, right: Double) {
        var target = max(2, Int(width / 70))
        while true {
            let ruler = Ruler(extent, target: target)
            let widths = ruler.labels.map { TextWidth.of($0, size: small) }
            let right = width - max(12, (widths.last ?? 0) / 2 + 4)
            let places = ruler.ticks.map { left + ruler.place($0.value) * (right - left) }
            let fits = widths.indices.dropFirst().allSatisfy {
                places[$0] - widths[$0] / 2 > places[$0 - 1] + widths[$0 - 1] / 2 + 6
            }
            if fits || target <= 2 { return (ruler, right) }
            target -= 1
        }
    }
}

extension ChartDrawing {
    /// Names beside samples, as many to a row as fit; and where the picture ends.
    func legend(from first: Double) -> (svg: String, height: Double) {
        guard !chart.series.isEmpty else { return (text("no data", left + 12, (top + bottom) / 2), first - 6) }
        var body = ""
        var (x, y) = (8.0, first + 8)
        for (index, series) in chart.series.enumerated() {
            let name = TextWidth.fitted(series.name, size: Self.small, width: width - 50)
            let room = 34 + TextWidth.of(name, size: Self.small) + 14
            if x > 8, x + room > width { (x, y) = (8, y + 20) }
            body += sample(index, x, y) + text(name, x + 34, y)
            x += room
        }
        if marks.allSatisfy({ $0.runs.isEmpty }) {
            body += text("no values that can be drawn", left + 12, (top + bottom) / 2)
        }
        return (body, y + 12)
    }

    /// The chart in words, for people who do not see it.
    var description: String {
        var words = "Horizontal: \(chart.x.title), from \(ends(x)). Vertical: \(chart.y.title), from \(ends(y))."
        for (series, marks) in zip(chart.series, marks) {
            let kind =
                switch series.style {
                case .line: "line"
                case .dashed: "dashed line"
                case .points: "points"
                case .band: "band"
                }
            words += " \(series.name): \(kind), \(Numeral.text(marks.runs.reduce(0) { $0 + $1.count })) values."
        }
        let dropped = marks.reduce(0) { $0 + $1.dropped }
        if dropped > 0 {
            words +=
                " Not drawn, because they are not finite or have no place on the axis: \(Numeral.text(dropped)) values."
        }
        return words
    }

    private func ends(_ ruler: Ruler) -> String {
        let scale = ruler.scale == .linear ? "" : ", logarithmic"
        return "\(ruler.labels.first ?? "") to \(ruler.labels.last ?? "")\(scale)"
    }
}
