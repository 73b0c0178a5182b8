import CKernels
import Foundation
import TestSupport
import Testing

extension KernelsTests {
    /// The errors that docs/numerics.md states, on a sample; there they were measured on all or many inputs.
    @Suite struct Accuracy {
        typealias Function = KernelsTests.Elementwise.Function

        /// A bound on the error in units in the last place, from inputs `low` to `high`.
        static let bounds: [(function: Function, low: Float, high: Float, ulps: Double)] = [
            (.exp, -87.3365, 88.7228, 0.9), (.log, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.86),
            (.tanh, -20, 20, 2.7), (.gelu, 0, 100, 4.5), (.geluTanh, 0, 100, 2.5), (.gelu, -3, 0, 5.9),
            (.silu, -87, 0, 2.4), (.silu, 0, 100, 1.5)
        ]

        static func exact(_ function: Function, _ x: Double) -> Double {
            switch function {
            case .exp: exp(x)
            case .log: log(x)
            case .tanh: tanh(x)
            case .gelu: x * erfc(-x * 0.5.squareRoot()) / 2
            case .geluTanh: x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            case .silu: x / (1 + exp(-x))
            case .relu, .scale: .nan
            }
        }

        @Test(arguments: bounds.indices)
        func staysWithinTheStatedError(_ index: Int) {
            let (function, low, high, ulps) = Self.bounds[index]
            // Half of the inputs evenly spread, half by bit pattern.
            let count = 100_000
            let even = (0...count).map { low + (high - low) * (Float($0) / Float(count)) }
            let patterns = stride(from: UInt64(0), to: 1 << 32, by: 40_009)
                .map { Float(bitPattern: UInt32($0)) }.filter { $0 >= low && $0 <= high }
            let x = even.filter { $0.isFinite } + patterns
            let y = unsafe written(x) { unsafe function.kernel(x.count, x, $0) }
            var worst = 0.0
            for (x, y) in zip(x, y) {
                let truth = Self.exact(function, Double(x))
                // Results below the normal range are flushed, or have fewer bits: docs/numerics.md.
                if truth.magnitude < Double(Float.leastNormalMagnitude) { continue }
                worst = max(worst, (Double(y) - truth).magnitude / Double(Float(truth).ulp))
            }
            #expect(worst > 0)
            #expect(worst <= ulps, "\(function) on [\(low), \(high)]")
        }

        @Test func slopesStayWithinTheStatedError() {
            let x = stride(from: Float(-20), through: 20, by: 0x1p-12).map { $0 }
            for (kind, bound) in [(Int(SISA_GELU), 1.6e-7), (Int(SISA_GELU_TANH), 2.2e-7)] {
                let slope = unsafe written([Float](repeating: 1, count: x.count)) {
                    unsafe sisa_activation_backward(Int32(kind), x.count, x, $0, $0)
                }
                var worst = 0.0
                for (x, found) in zip(x.map(Double.init), slope) {
                    let k = 2 * (2 / Double.pi).squareRoot()
                    let s = 1 / (1 + exp(-k * (x + 0.044715 * x * x * x)))
                    let truth =
                        kind == Int(SISA_GELU)
                        ? erfc(-x * 0.5.squareRoot()) / 2 + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
                        : s + x * s * (1 - s) * k * (1 + 3 * 0.044715 * x * x)
                    worst = max(worst, (Double(found) - truth).magnitude)
                }
                #expect(worst <= bound, "kind \(kind)")
            }
        }
    }
}
