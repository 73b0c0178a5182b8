import CKernels
import Foundation
import TestSupport
import Testing

extension KernelsTests {
    /// Loops that make one next-token distribution of many.
    @Suite struct Mixtures {
        private static let rows = 5

        /// Distributions as logarithms, some of them very sure: (rows, stride), `cols` of each row counted.
        private static func distributions(_ numbers: inout Numbers, cols: Int, stride: Int) -> [Float] {
            (0..<rows).flatMap { row in
                SlowTwins.logSoftmax(numbers.plain(cols, bound: row == 1 ? 200 : 6))
                    + [Float](repeating: .nan, count: stride - cols)
            }
        }

        private static func split(_ x: [Float], stride: Int, cols: Int) -> [[Float]] {
            (0..<rows).map { Array(x[$0 * stride..<$0 * stride + cols]) }
        }

        @Test(arguments: Variant.available)
        func mixturesEqualTheirSlowTwins(_ variant: Variant) {
            var numbers = Numbers(seed: 40)
            for cols in KernelsTests.Rows.widths {
                let stride = cols + 3
                let x = Self.distributions(&numbers, cols: cols, stride: stride)
                let split = Self.split(x, stride: stride, cols: cols)
                let weights = numbers.plain(Self.rows, bound: 30)
                let base = SlowTwins.logSoftmax(numbers.plain(cols))
                let start = [Float](repeating: 0, count: cols)
                variant.run {
                    let mixed = unsafe written(start, offset: cols % 16) {
                        unsafe sisa_log_mixture(Self.rows, cols, stride, x, weights, $0)
                    }
                    expectSameBits(mixed, SlowTwins.logMixture(split, weights: weights), "mixture of \(cols)")
                    let product = unsafe written(start, offset: cols % 16) {
                        unsafe sisa_log_product(Self.rows, cols, stride, x, $0)
                    }
                    expectSameBits(product, SlowTwins.logProduct(split), "product of \(cols)")
                    let contrast = unsafe written(start, offset: cols % 16) {
                        unsafe sisa_log_contrast(Self.rows, cols, stride, x, base, 2.5, $0)
                    }
                    expectSameBits(
                        contrast, SlowTwins.logContrast(split, base: base, clip: 2.5), "contrast of \(cols)")
                    for (row, values) in split.enumerated() {
                        let found = unsafe x.withUnsafeBufferPointer { x in
                            unsafe x.baseAddress.map { unsafe sisa_entropy(cols, $0 + row * stride) } ?? .nan
                        }
                        expectSameBits([found], [SlowTwins.entropy(values)], "entropy of \(cols)")
                    }
                }
            }
        }

        /// A token that nobody believes in keeps a logarithm: probabilities of e^-150 are no zeros.
        @Test func mixturesDoNotUnderflow() {
            let rows: [Float] = [-150, -151, -149.5, -200]
            var mixed: [Float] = [0, 0]
            unsafe sisa_log_mixture(2, 2, 2, rows, [-0.5, -1], &mixed)
            for (column, value) in mixed.enumerated() {
                let terms = [(0, -0.5), (1, -1)].map { exp(Double(rows[$0 * 2 + column]) + $1) }
                #expect(abs(Double(value) - log(terms[0] + terms[1])) < 1e-4)
            }
        }

        @Test func theMixtureOfOneIsItself() {
            var numbers = Numbers(seed: 41)
            let x = SlowTwins.logSoftmax(numbers.plain(77))
            var mixed = [Float](repeating: 0, count: 77)
            unsafe sisa_log_mixture(1, 77, 77, x, [0], &mixed)
            expectSameBits(mixed, x)
        }
    }
}
