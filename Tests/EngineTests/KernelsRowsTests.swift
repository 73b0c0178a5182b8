import CKernels
import TestSupport
import Testing

extension KernelsTests {
    @Suite struct Rows {
        static let widths = Array(1...34) + [47, 48, 64, 77, 128, 200, 384]

        /// Plain numbers, or now and then any numbers at all.
        static func some(_ numbers: inout Numbers, _ count: Int) -> [Float] {
            numbers.integer(0...2) == 0 ? numbers.wild(count) : numbers.plain(count)
        }

        /// Splits (rows, stride) into rows of `cols`.
        static func split(_ x: [Float], stride: Int, cols: Int) -> [[Float]] {
            (0..<x.count / stride).map { Array(x[$0 * stride..<$0 * stride + cols]) }
        }

        @Test(arguments: Variant.available, [false, true])
        func layerNormEqualsItsSlowTwin(_ variant: Variant, residual: Bool) {
            var numbers = Numbers(seed: 20)
            for cols in Self.widths {
                let rows = 3
                let x = Self.some(&numbers, rows * cols)
                let more = Self.some(&numbers, rows * cols)
                let (gamma, beta) = (numbers.plain(cols), numbers.plain(cols))
                let sum = residual ? x.indices.map { x[$0] + more[$0] } : x
                let expected = Self.split(sum, stride: cols, cols: cols)
                    .map { SlowTwins.layerNorm($0, gamma: gamma, beta: beta, epsilon: 1e-5) }
                variant.run {
                    var (y, mean, rstd) = (x, [Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
                    let left = unsafe written(x, offset: cols % 16) { x in
                        if residual {
                            unsafe sisa_layer_norm_forward(rows, cols, x, more, gamma, beta, 1e-5, &y, &mean, &rstd)
                        } else {
                            unsafe sisa_layer_norm_forward(rows, cols, x, nil, gamma, beta, 1e-5, &y, &mean, &rstd)
                        }
                    }
                    expectSameBits(left, sum, "x, cols \(cols)")
                    expectSameBits(y, expected.flatMap(\.y), "y, cols \(cols)")
                    expectSameBits(mean, expected.map(\.mean), "mean, cols \(cols)")
                    expectSameBits(rstd, expected.map(\.rstd), "rstd, cols \(cols)")
                }
            }
        }

        @Test(arguments: Variant.available)
        func layerNormBackwardEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 21)
            for cols in Self.widths {
                let rows = 3
                let (x, dy) = (Self.some(&numbers, rows * cols), Self.some(&numbers, rows * cols))
                let (mean, rstd) = (numbers.plain(rows), numbers.plain(rows))
                let gamma = Self.some(&numbers, cols)
                let (xRows, dyRows) = (
                    Self.split(x, stride: cols, cols: cols), Self.split(dy, stride: cols, cols: cols)
                )
                let expected = (0..<rows).flatMap {
                    SlowTwins.layerNormBackward(dyRows[$0], x: xRows[$0], mean: mean[$0], rstd: rstd[$0], gamma: gamma)
                }
                let found = variant.run {
                    unsafe written(dy, offset: cols % 16) {
                        unsafe sisa_layer_norm_backward(rows, cols, $0, x, mean, rstd, gamma, $0)
                    }
                }
                expectSameBits(found, expected, "cols \(cols)")
            }
        }

        @Test(arguments: Variant.available)
        func softmaxEqualsItsSlowTwinAndLeavesGapsAlone(_ variant: Variant) {
            var numbers = Numbers(seed: 22)
            for cols in Self.widths {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let x = Self.some(&numbers, rows * stride)
                var expected = x
                for (row, values) in Self.split(x, stride: stride, cols: cols).enumerated() {
                    expected.replaceSubrange(
                        row * stride..<row * stride + cols, with: SlowTwins.softmax(values, scale: 0.7))
                }
                let found = variant.run {
                    unsafe written(x, offset: cols % 16) { unsafe sisa_softmax_forward(rows, cols, stride, 0.7, $0) }
                }
                expectSameBits(found, expected, "cols \(cols)")
            }
        }

        @Test(arguments: Variant.available)
        func softmaxGivesMaskedElementsNothingAndSpreadsNaN(_ variant: Variant) {
            variant.run {
                let masked = unsafe written([1, -.infinity, 1, -.infinity]) {
                    unsafe sisa_softmax_forward(1, 4, 4, 1, $0)
                }
                #expect(masked == [0.5, 0, 0.5, 0])
                for width in [1, 15, 16, 17, 40] {
                    var rows = [[Float](repeating: -.infinity, count: width)]
                    for fault in [Float.nan, .infinity] {
                        var row = [Float](repeating: 1, count: width)
                        row[width / 2] = fault
                        rows.append(row)
                    }
                    for row in rows {
                        let found = unsafe written(row) { unsafe sisa_softmax_forward(1, width, width, 1, $0) }
                        expectSameBits(found, [Float](repeating: .nan, count: width), "width \(width)")
                    }
                }
            }
        }

        @Test(arguments: Variant.available)
        func softmaxBackwardEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 23)
            for cols in Self.widths {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let (p, dp) = (Self.some(&numbers, rows * stride), Self.some(&numbers, rows * stride))
                let (pRows, dpRows) = (
                    Self.split(p, stride: stride, cols: cols), Self.split(dp, stride: stride, cols: cols)
                )
                var expected = dp
                for row in 0..<rows {
                    expected.replaceSubrange(
                        row * stride..<row * stride + cols,
                        with: SlowTwins.softmaxBackward(dpRows[row], p: pRows[row], scale: 0.7))
                }
                let found = variant.run {
                    unsafe written(dp, offset: cols % 16) {
                        unsafe sisa_softmax_backward(rows, cols, stride, 0.7, p, $0)
                    }
                }
                expectSameBits(found, expected, "cols \(cols)")
            }
        }

        @Test(arguments: Variant.available)
        func sumsAndMeansOfRowsEqualTheirSlowTwins(_ variant: Variant) {
            var numbers = Numbers(seed: 24)
            for cols in Self.widths {
                let rows = numbers.integer(1...9)
                let (x, y) = (Self.some(&numbers, rows * cols), Self.some(&numbers, cols))
                variant.run {
                    let sums = unsafe written(y, offset: cols % 16) { unsafe sisa_sum_rows(rows, cols, x, $0) }
                    expectSameBits(sums, SlowTwins.sumRows(x, onto: y), "sum, cols \(cols)")
                    let none = unsafe written(y) { unsafe sisa_sum_rows(0, cols, x, $0) }
                    expectSameBits(none, y, "sum of no rows")
                    let means = unsafe written(y, offset: cols % 16) { unsafe sisa_mean_rows(rows, cols, x, $0) }
                    expectSameBits(means, SlowTwins.meanRows(x, cols: cols), "mean, cols \(cols)")
                }
            }
        }
    }
}
