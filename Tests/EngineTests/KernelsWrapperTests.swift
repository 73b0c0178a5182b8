import Engine
import TestSupport
import Testing

extension KernelsTests {
    /// The Swift faces of the decoder's loops: views, offsets and what is kept for the way back.
    @Suite struct DecoderViews {
        @Test func aHeadsNormTouchesItsColumnsOnly() {
            var numbers = Numbers(seed: 60)
            let weight = numbers.plain(8)
            let norm = RMSNorm(weight: weight, epsilon: 1e-6)
            let heads = MatrixView(offset: 3, rows: 4, columns: 8, rowStride: 20)
            let x = numbers.plain(90)
            let rows = (0..<4).map { Array(x[3 + $0 * 20..<11 + $0 * 20]) }
            let expected = rows.map { SlowTwins.rmsNorm($0, weight: weight, epsilon: 1e-6) }

            var (kept, y, rrms) = (x, [Float](repeating: 7, count: 32), [Float](repeating: 7, count: 6))
            Engine.Rows.rmsNorm(
                &kept, heads, norm, into: &y, MatrixView(rows: 4, columns: 8), rrms: &rrms, at: 1)
            #expect(kept == x)
            expectSameBits(y, expected.flatMap(\.y))
            expectSameBits(rrms, [7] + expected.map(\.rrms) + [7])

            var inPlace = x
            Engine.Rows.rmsNorm(inPlace: &inPlace, heads, norm)
            var whole = x
            for (row, values) in expected.enumerated() {
                whole.replaceSubrange(3 + row * 20..<11 + row * 20, with: values.y)
            }
            expectSameBits(inPlace, whole)

            var gradient = y
            Engine.Rows.rmsNormBackward(
                gradient: &gradient, MatrixView(rows: 4, columns: 8), x, heads, norm, rrms: rrms, at: 1)
            expectSameBits(
                gradient,
                rows.indices.flatMap {
                    SlowTwins.rmsNormBackward(expected[$0].y, x: rows[$0], rrms: expected[$0].rrms, weight: weight)
                })
        }

        @Test func theResidualIsAddedAndKept() {
            var numbers = Numbers(seed: 61)
            let (x, residual, weight) = (numbers.plain(20), numbers.plain(20), numbers.plain(10))
            let view = MatrixView(rows: 2, columns: 10)
            var (kept, y, rrms) = (x, x, [Float](repeating: 0, count: 2))
            Engine.Rows.rmsNorm(
                &kept, view, plus: residual, RMSNorm(weight: weight, epsilon: 1e-5), into: &y, view, rrms: &rrms)
            expectSameBits(kept, x.indices.map { x[$0] + residual[$0] })
            expectSameBits(Array(y[..<10]), SlowTwins.rmsNorm(Array(kept[..<10]), weight: weight, epsilon: 1e-5).y)
        }

        @Test func aLossAndItsGradientAreThoseOfTheRowAtItsOffset() {
            var numbers = Numbers(seed: 62)
            let scores = numbers.plain(60)
            let row = Array(scores[17..<40])
            var gradient = scores
            let loss = Vocabulary.crossEntropy(&gradient, at: 17, columns: 23, target: 5, share: 0.25)
            let expected = SlowTwins.crossEntropy(row, target: 5, share: 0.25)
            expectSameBits([loss], [expected.loss])
            expectSameBits(gradient, Array(scores[..<17]) + expected.gradient + Array(scores[40...]))
            var logarithms = scores
            Vocabulary.logSoftmax(&logarithms, MatrixView(offset: 17, rows: 1, columns: 23))
            expectSameBits(logarithms, Array(scores[..<17]) + SlowTwins.logSoftmax(row) + Array(scores[40...]))
        }

        /// A probability that binary32 does not have still has a loss.
        @Test func aTargetThatIsNearlyImpossibleHasAFiniteLoss() {
            var scores: [Float] = [20, -180, 3]
            #expect(Vocabulary.crossEntropy(&scores, at: 0, columns: 3, target: 1, share: 1) == 200)
            #expect(scores[1] == -1)
        }
    }
}
