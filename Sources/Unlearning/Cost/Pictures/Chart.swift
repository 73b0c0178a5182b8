/// Lines, points and bands over two axes, as an SVG document.
///
/// Nothing in it comes from elsewhere: no script, no font, no link. The same chart gives the same bytes. Values that have no place
/// (not finite, beyond 10^±150, not positive on a logarithmic axis) are left out, and the description says how many.
package struct Chart: Sendable {
    package enum Scale: Sendable {
        case linear
        case logarithmic

        /// Beyond this ratio of the greatest to the least value, a linear axis has no room for the small ones.
        private static let mostLinear = 30.0

        /// The one on which all values can be told apart. `marks`: what was measured, all of which must have a place.
        init(for values: [Double], marks: [Double] = []) {
            let drawable = values.filter { Ruler.isDrawable($0, scale: .logarithmic) }
            let isWide = (drawable.max() ?? 1) > Self.mostLinear * (drawable.min() ?? 1)
            self = isWide && marks.allSatisfy { $0 > 0 } ? .logarithmic : .linear
        }
    }

    package struct Axis: Sendable {
        let label: String
        let unit: String
        let scale: Scale

        package init(label: String, unit: String, scale: Scale = .linear) {
            self.label = label
            self.unit = unit
            self.scale = scale
        }

        /// Both, where they say different things.
        var title: String { unit.isEmpty || unit == label ? label : label.isEmpty ? unit : "\(label) (\(unit))" }
    }

    package enum Style: Sendable {
        /// Joined in the order given, with a gap where a value is left out.
        case line
        case dashed
        case points
        /// Filled between the edges at each point's x; its y is not drawn. Points without both edges are left out.
        case band(low: [Double], high: [Double])
    }

    package struct Series: Sendable {
        let name: String
        let points: [(x: Double, y: Double)]
        let style: Style
        let color: Int?

        /// A colour from 0 to 5 lets a band or points have their line's; by default it follows the series' number.
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

    package init(title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    /// A whole document, that can also stand inside a page.
    ///
    /// The id must differ between the pictures of one page, because descriptions are found by it. Text of 12 to 15 pixels is laid out
    /// for the width in CSS pixels, 280 at least.
    package func svg(id: String = "chart", width: Int = 720) -> String {
        svg(id: id, width: width, embedded: false)
    }

    func svg(id: String, width: Int, embedded: Bool) -> String {
        ChartDrawing(self, width: Picture.width(width), embedded: embedded).svg(id: id)
    }
}
