/// A straight line through points, by least squares.
package struct LineFit: Sendable, Equatable {
    package let intercept: Double
    package let slope: Double
    /// The share of the spread that the line explains.
    package let rSquared: Double

    /// Nil for fewer than three points, or where all have one x or one y.
    package init?(_ points: [(x: Double, y: Double)]) {
        guard points.count >= 3 else { return nil }
        let n = Double(points.count)
        let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (x, y) in points {
            xx += (x - meanX) * (x - meanX)
            xy += (x - meanX) * (y - meanY)
            yy += (y - meanY) * (y - meanY)
        }
        guard xx > 0, yy > 0 else { return nil }
        slope = xy / xx
        intercept = meanY - slope * meanX
        rSquared = xy * xy / (xx * yy)
    }
}

extension LineFit {
    /// What is to be said of a slope below zero, which no repair has; nil: nothing.
    package var remark: String? { Self.remark(slope: slope) }

    static func remark(slope: Double) -> String? {
        slope < 0
            ? "the slope is negative, and more record-passes do not take less time: these deletions are too few, or other work on the machine "
                + "hides what record-passes take. Measure more of them, of different sizes"
            : nil
    }
}
