import Testing

@testable import Unlearning

@Suite struct CheckpointSpacingTests {
    /// Every choice of `slots` stages that has the last one.
    @Test(arguments: 1...11)
    func theChoiceIsTheBestOfAll(slices: Int) {
        for weights in [
            PassWeights.paper(epochs: 1, slices: slices), .trained(epochs: 1, slices: slices),
            PassWeights(earlier: 0.01, own: 3), PassWeights(earlier: 1, own: 0)
        ] where slices > 1 || weights.own > 0 {
            for slots in 1...slices {
                var best = Double.infinity
                for set in 0..<(1 << slices) where set.nonzeroBitCount == slots && set >> (slices - 1) == 1 {
                    let kept = (0..<slices).filter { set >> $0 & 1 == 1 }
                    best = min(best, single(slices, kept, weights))
                }
                let kept = CheckpointSpacing.kept(slices: slices, slots: slots, weights: weights)
                #expect(kept.count == slots && kept.last == slices - 1 && kept == kept.sorted())
                #expect(abs(single(slices, kept, weights) - best) <= 1e-12 * best)
                let all = single(slices, Array(0..<slices), weights)
                let relative = CheckpointSpacing.relativeCost(slices: slices, kept: kept, weights: weights)
                #expect(abs(relative - best / all) < 1e-12)
            }
        }
    }

    /// Mean passes of a repair over the slice that is touched, by definition; the removed row is not subtracted.
    private func single(_ slices: Int, _ kept: [Int], _ weights: PassWeights) -> Double {
        (0..<slices).reduce(0) { sum, touched in
            let start = (kept.last { $0 < touched } ?? -1) + 1
            return (start..<slices).reduce(sum) { $0 + weights.earlier * Double($1) + weights.own }
        } / Double(slices)
    }

    @Test func aQuarterOfTheCheckpointsCostsLittleMore() {
        for slices in [16, 20, 24, 32, 40, 48, 50, 64, 100] {
            let weights = PassWeights.paper(epochs: 4, slices: slices)
            let kept = CheckpointSpacing.kept(slices: slices, slots: slices / 4, weights: weights)
            #expect(CheckpointSpacing.relativeCost(slices: slices, kept: kept, weights: weights) < 1.12)
        }
        // Two of 8 and three of 12 cannot: what is best of all choices is above.
        for (slices, best) in [(8, 1.1912), (12, 1.1354)] {
            let weights = PassWeights.paper(epochs: 4, slices: slices)
            let kept = CheckpointSpacing.kept(slices: slices, slots: slices / 4, weights: weights)
            let found = CheckpointSpacing.relativeCost(slices: slices, kept: kept, weights: weights)
            #expect(abs(found - best) < 0.0001)
        }
    }

    @Test func manySlicesAreNoBurden() {
        let weights = PassWeights.paper(epochs: 1, slices: 10_000)
        let kept = CheckpointSpacing.kept(slices: 10_000, slots: 100, weights: weights)
        #expect(kept.count == 100 && Set(kept).count == 100)
        #expect(CheckpointSpacing.relativeCost(slices: 10_000, kept: kept, weights: weights) < 1.01)
        #expect(CheckpointSpacing.kept(slices: 5, slots: 9, weights: weights) == [0, 1, 2, 3, 4])
    }
}
