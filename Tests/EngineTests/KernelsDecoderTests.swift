import CKernels
import TestSupport
import Testing

extension KernelsTests {
    /// The loops of causal models: RMS norm, rotation, causal softmax, attention of one query, losses.
    @Suite struct Decoder {
        static let widths = KernelsTests.Rows.widths

        static func some(_ numbers: inout Numbers, _ count: Int) -> [Float] {
            KernelsTests.Rows.some(&numbers, count)
        }

        /// `x`, rows `stride` apart, with the first `cols` of each replaced.
        static func replacing(_ x: [Float], stride: Int, by rows: [[Float]]) -> [Float] {
            var result = x
            for (row, values) in rows.enumerated() {
                result.replaceSubrange(row * stride..<row * stride + values.count, with: values)
            }
            return result
        }

        @Test(arguments: Variant.available, [false, true])
        func rmsNormEqualsItsSlowTwinAndLeavesGapsAlone(_ variant: Variant, residual: Bool) {
            var numbers = Numbers(seed: 40)
            for cols in Self.widths {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let (x, more) = (Self.some(&numbers, rows * stride), Self.some(&numbers, rows * stride))
                let weight = Self.some(&numbers, cols)
                let sums = KernelsTests.Rows.split(
                    residual ? x.indices.map { x[$0] + more[$0] } : x, stride: stride, cols: cols)
                let expected = sums.map { SlowTwins.rmsNorm($0, weight: weight, epsilon: 1e-5) }
                variant.run {
                    var (y, rrms) = (more, [Float](repeating: 0, count: rows))
                    let left = unsafe written(x, offset: cols % 16) { x in
                        if residual {
                            unsafe sisa_rms_norm_forward(
                                rows, cols, x, stride, more, weight, 1e-5, &y, stride, &rrms)
                        } else {
                            unsafe sisa_rms_norm_forward(rows, cols, x, stride, nil, weight, 1e-5, &y, stride, &rrms)
                        }
                    }
                    expectSameBits(left, Self.replacing(x, stride: stride, by: sums), "x, cols \(cols)")
                    expectSameBits(y, Self.replacing(more, stride: stride, by: expected.map(\.y)), "y, cols \(cols)")
                    expectSameBits(rrms, expected.map(\.rrms), "rrms, cols \(cols)")
                    let inPlace = unsafe written(left) {
                        unsafe sisa_rms_norm_forward(rows, cols, $0, stride, nil, weight, 1e-5, $0, stride, nil)
                    }
                    expectSameBits(inPlace, Self.replacing(x, stride: stride, by: expected.map(\.y)), "in place")
                }
            }
        }

        @Test(arguments: Variant.available)
        func rmsNormBackwardEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 41)
            for cols in Self.widths {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let (x, dy) = (Self.some(&numbers, rows * cols), Self.some(&numbers, rows * stride))
                let (rrms, weight) = (numbers.plain(rows), Self.some(&numbers, cols))
                let (xRows, dyRows) = (
                    KernelsTests.Rows.split(x, stride: cols, cols: cols),
                    KernelsTests.Rows.split(dy, stride: stride, cols: cols)
                )
                let expected = (0..<rows).map {
                    SlowTwins.rmsNormBackward(dyRows[$0], x: xRows[$0], rrms: rrms[$0], weight: weight)
                }
                let found = variant.run {
                    unsafe written(dy, offset: cols % 16) {
                        unsafe sisa_rms_norm_backward(rows, cols, $0, stride, x, cols, rrms, weight, $0, stride)
                    }
                }
                expectSameBits(found, Self.replacing(dy, stride: stride, by: expected), "cols \(cols)")
            }
        }

        @Test(arguments: Variant.available, [false, true])
        func ropeEqualsItsSlowTwin(_ variant: Variant, back: Bool) {
            var numbers = Numbers(seed: 42)
            for half in Array(1...17) + [24, 31, 32, 48, 64] {
                let (rows, heads, size) = (3, numbers.integer(1...3), 2 * half)
                let stride = heads * size + numbers.integer(0...5)
                let x = Self.some(&numbers, rows * stride)
                let positions = (0..<rows).map { _ in Int32(numbers.integer(0...6)) }
                let (cosines, sines) = (Self.some(&numbers, 7 * half), Self.some(&numbers, 7 * half))
                let expected = (0..<rows).map { row in
                    let angles = Int(positions[row]) * half..<(Int(positions[row]) + 1) * half
                    return (0..<heads).flatMap { head in
                        let first = row * stride + head * size
                        return SlowTwins.rotate(
                            Array(x[first..<first + size]), cosines: Array(cosines[angles]),
                            sines: Array(sines[angles]), back: back)
                    }
                }
                let found = variant.run {
                    unsafe written(x, offset: half % 16) {
                        unsafe sisa_rope(rows, heads, size, $0, stride, positions, cosines, sines, back)
                    }
                }
                expectSameBits(found, Self.replacing(x, stride: stride, by: expected), "half \(half)")
            }
        }

        @Test(arguments: Variant.available)
        func causalSoftmaxIsSoftmaxOfTheColumnsSoFarAndZeroAfterThem(_ variant: Variant) {
            var numbers = Numbers(seed: 43)
            for cols in Self.widths {
                let (rows, first) = (numbers.integer(1...20), numbers.integer(0...cols))
                let stride = cols + numbers.integer(0...5)
                let (x, dp) = (Self.some(&numbers, rows * stride), Self.some(&numbers, rows * stride))
                let ranges = (0..<rows).map { $0 * stride..<$0 * stride + min(cols, first + $0 + 1) }
                let zeros = ranges.map { [Float](repeating: 0, count: cols - $0.count) }
                let forward = zip(ranges, zeros).map { SlowTwins.softmax(Array(x[$0]), scale: 0.7) + $1 }
                let backward = zip(ranges, zeros).map {
                    SlowTwins.softmaxBackward(Array(dp[$0]), p: Array(x[$0]), scale: 0.7) + $1
                }
                variant.run {
                    let p = unsafe written(x, offset: cols % 16) {
                        unsafe sisa_causal_softmax_forward(rows, cols, stride, first, 0.7, $0)
                    }
                    expectSameBits(p, Self.replacing(x, stride: stride, by: forward), "cols \(cols)")
                    let ds = unsafe written(dp, offset: cols % 16) {
                        unsafe sisa_causal_softmax_backward(rows, cols, stride, first, 0.7, x, $0)
                    }
                    expectSameBits(ds, Self.replacing(dp, stride: stride, by: backward), "cols \(cols)")
                }
            }
        }

        @Test(arguments: Variant.available)
        func attendEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 44)
            for keys in Self.widths {
                let size = numbers.integer(1...70)
                let (kStride, vStride) = (keys + numbers.integer(0...5), size + numbers.integer(0...5))
                let (q, k) = (Self.some(&numbers, size), Self.some(&numbers, size * kStride))
                let v = Self.some(&numbers, keys * vStride)
                let expected = SlowTwins.attend(
                    q, keys: (0..<keys).map { key in (0..<size).map { k[$0 * kStride + key] } },
                    values: KernelsTests.Rows.split(v, stride: vStride, cols: size), scale: 0.3)
                variant.run {
                    var out = [Float](repeating: 7, count: size)
                    let scores = unsafe written([Float](repeating: 7, count: keys), offset: keys % 16) {
                        unsafe sisa_attend(keys, size, q, k, kStride, v, vStride, 0.3, $0, &out)
                    }
                    expectSameBits(scores, expected.probabilities, "keys \(keys)")
                    expectSameBits(out, expected.out, "keys \(keys)")
                }
            }
        }

        @Test(arguments: Variant.available)
        func addZeroMakesEveryZeroPositiveAndChangesNothingElse(_ variant: Variant) {
            var numbers = Numbers(seed: 45)
            for cols in Self.widths {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let x = numbers.wild(rows * stride)
                let sums = KernelsTests.Rows.split(x, stride: stride, cols: cols).map { $0.map { $0 == 0 ? 0 : $0 } }
                let found = variant.run {
                    unsafe written(x, offset: cols % 16) { unsafe sisa_add_zero(rows, cols, stride, $0) }
                }
                expectSameBits(found, Self.replacing(x, stride: stride, by: sums), "cols \(cols)")
            }
        }

        @Test(arguments: Variant.available)
        func logSoftmaxAndCrossEntropyEqualTheirSlowTwins(_ variant: Variant) {
            var numbers = Numbers(seed: 46)
            for cols in Self.widths + [4097] {
                let (rows, stride) = (3, cols + numbers.integer(0...5))
                let x = Self.some(&numbers, rows * stride)
                let split = KernelsTests.Rows.split(x, stride: stride, cols: cols)
                let target = numbers.integer(0...cols - 1)
                let expected = SlowTwins.crossEntropy(split[0], target: target, share: 0.3)
                variant.run {
                    let found = unsafe written(x, offset: cols % 16) {
                        unsafe sisa_log_softmax(rows, cols, stride, $0)
                    }
                    expectSameBits(
                        found, Self.replacing(x, stride: stride, by: split.map(SlowTwins.logSoftmax)), "cols \(cols)")
                    var loss: Float = 0
                    let gradient = unsafe written(split[0], offset: cols % 16) {
                        loss = unsafe sisa_cross_entropy(cols, target, 0.3, $0)
                    }
                    expectSameBits(gradient, expected.gradient, "cols \(cols)")
                    expectSameBits([loss], [expected.loss], "cols \(cols)")
                    expectSameBits([0 - loss], [SlowTwins.logSoftmax(split[0])[target]], "cols \(cols)")
                }
            }
        }
    }
}
