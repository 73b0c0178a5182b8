internal import Foundation

/// The mean over several runs and, from two runs on, its 95 % confidence interval by Student's t.
package struct Estimate: Sendable, Equatable {
    package let mean: Double
    /// Nil: there was one run.
    package let interval: ClosedRange<Double>?

    /// Nil: there are no values.
    init?(_ values: [Double]) {
        guard let first = values.first else { return nil }
        let count = Double(values.count)
        // Taken from the first value, so that equal values have no spread and that value as mean.
        let mean = first + values.reduce(0) { $0 + ($1 - first) } / count
        self.mean = mean
        guard values.count > 1 else {
            interval = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let half = Self.quantile(freedom: values.count - 1) * (squares / (count - 1) / count).squareRoot()
        interval = mean - half...mean + half
    }

    /// t with 2.5 % of Student's distribution above it.
    static func quantile(freedom: Int) -> Double {
        var (low, high) = (1.0, 16.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if within(middle, freedom) < 0.95 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// P(|T| < t), the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
    private static func within(_ t: Double, _ freedom: Int) -> Double {
        let angle = atan(t / Double(freedom).squareRoot())
        let (sine, square) = (sin(angle), cos(angle) * cos(angle))
        if freedom == 1 { return 2 * angle / .pi }
        let isOdd = freedom % 2 == 1
        var term = isOdd ? cos(angle) : 1
        var sum = term
        for k in stride(from: isOdd ? 3 : 2, through: freedom - 2, by: 2) {
            term *= Double(k - 1) / Double(k) * square
            sum += term
        }
        return isOdd ? 2 / .pi * (angle + sine * sum) : sine * sum
    }
}
