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
