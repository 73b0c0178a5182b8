/// Lines, points and bands over two axes, as an SVG document.
///
/// Nothing in it comes from elsewhere: no script, no font, no link. The same chart gives the same bytes. Values that
/// have no place (not finite, beyond 10^±150, not positive on a logarithmic axis) are left out, and the description
/// says how many.
package struct Chart: Sendable {
    /// How values are spread along an axis.
    package enum Scale: Sendable {
        case linear
        case logarithmic

        /// Beyond this ratio of the greatest to the least value, a linear axis has no room for the small ones.
        private static let maxLinear = 30.0

        /// The scale on which all values can be told apart. `marks`: What was measured, all of which must have a place.
        package init(for values: [Double], marks: [Double] = []) {
            let drawable = values.filter { Ruler.isDrawable($0, scale: .logarithmic) }
            let isWide = (drawable.max() ?? 1) > Self.maxLinear * (drawable.min() ?? 1)
            self = isWide && marks.allSatisfy { $0 > 0 } ? .logarithmic : .linear
        }
    }

    /// What an axis shows.
    package struct Axis: Sendable {
        let label: String
        let unit: String
        let scale: Scale

        /// An axis of this quantity, in this unit.
        package init(label: String, unit: String, scale: Scale = .linear) {
            self.label = label
            self.unit = unit
            self.scale = scale
        }

        /// Both, where they say different things.
        var title: String { unit.isEmpty || unit == label ? label : label.isEmpty ? unit : "\(label) (\(unit))" }
    }

    /// How a series is drawn.
    package enum Style: Sendable {
        /// Points are joined in the order given, with a gap where a value is left out.
        case line
        case dashed
        case points
        /// The area between the edges at each point's x; its y is not drawn. Points without both edges are left out.
        case band(low: [Double], high: [Double])
    }

    /// Values that belong together.
    package struct Series: Sendable {
        let name: String
        /// The values, in the order in which they are joined.
        package let points: [(x: Double, y: Double)]
        let style: Style
        let color: Int?

        /// Points under a name. A colour from 0 to 5 lets a band or points have their line's; by default it follows the
        /// series' number.
        package init(name: String, points: [(x: Double, y: Double)], style: Style, color: Int? = nil) {
            self.name = name
            self.points = points
            self.style = style
            self.color = color
        }
    }

    let title: String
    let x: Axis
    let y: Axis
    let series: [Series]

    /// A chart of these series.
    package init(title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    /// An SVG document, which can also stand inside a page.
    ///
    /// - Parameters:
    ///   - id: Must differ between the pictures of one page, because descriptions are found by it.
    ///   - width: CSS pixels, 280 at least, for which text of 12 to 15 pixels is laid out.
    ///   - embedded: Whether it stands in a `Page`, which has the style sheet and a heading already.
    /// - Returns: The text of the document.
    package func svg(id: String = "chart", width: Int = 720, embedded: Bool = false) -> String {
        ChartDrawing(self, width: Picture.width(width), embedded: embedded).svg(id: id)
    }
}

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

extension Chart.Series {
    /// Whether it is a dashed line.
    var isDashed: Bool {
        if case .dashed = style { true } else { false }
    }

    /// Whether it is drawn as single points.
    package var isPoints: Bool {
        if case .points = style { true } else { false }
    }
}
