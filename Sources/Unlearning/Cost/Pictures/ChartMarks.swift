/// One series as places that can be drawn: values without a place are gone and counted.
struct ChartMarks {
    struct Mark {
        let x: Double
        /// The greater and the lesser value: both edges of a band, else twice the same.
        let high: Double
        let low: Double
    }

    /// Runs of marks between the values left out.
    private(set) var runs: [[Mark]] = []
    private(set) var dropped = 0

    init(_ series: Chart.Series, x: Chart.Scale, y: Chart.Scale) {
        var run: [Mark] = []
        for (index, point) in series.points.enumerated() {
            guard let mark = Self.mark(series, index, point), Ruler.isDrawable(mark.x, scale: x),
                Ruler.isDrawable(mark.low, scale: y), Ruler.isDrawable(mark.high, scale: y)
            else {
                dropped += 1
                if !run.isEmpty { runs.append(run) }
                run = []
                continue
            }
            run.append(mark)
        }
        if !run.isEmpty { runs.append(run) }
    }

    var all: some Sequence<Mark> { runs.joined() }

    private static func mark(_ series: Chart.Series, _ index: Int, _ point: (x: Double, y: Double)) -> Mark? {
        guard case .band(let low, let high) = series.style else { return Mark(x: point.x, high: point.y, low: point.y) }
        guard index < low.count, index < high.count else { return nil }
        // A comparison with NaN is false either way: it stays where it is and is found.
        return low[index] > high[index]
            ? Mark(x: point.x, high: low[index], low: high[index])
            : Mark(x: point.x, high: high[index], low: low[index])
    }
}
