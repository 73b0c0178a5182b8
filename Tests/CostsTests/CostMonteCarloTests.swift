import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

/// Expectations against streams of random records that are priced by definition.
@Suite struct CostMonteCarloTests {
    static let shapes = [1, 5, 10, 20, 50].flatMap { s in [1, 5, 10, 20, 50].map { (s, $0) } }

    /// J and Q at every K from 1 to 100, for 25 shapes: 2,500 comparisons each, of one fixed stream of numbers.
    ///
    /// Of independent ones 2.7 in a thousand would lie beyond three standard errors. So no more may than the 99.9 %
    /// quantile of that binomial, and none beyond five. The standard error is that of the sample or of the formula's
    /// own deviation, whichever is larger: where the only other outcome is too rare to have been seen, the sample's is
    /// 0.
    @Test func jointAndSequentialCostsAreThoseOfRandomStreams() {
        var (batch, sequential, exact) = (Comparisons(), Comparisons(), Comparisons())
        for (index, (s, r)) in Self.shapes.enumerated() {
            let (n, trials, requests) = (1_000_000, 2000, 100)
            let sizes = [[Int]](repeating: [Int](repeating: n / s / r, count: r), count: s)
            let weights = PassWeights.paper(epochs: 1, slices: r)
            var stream = CostStream(sizes: sizes, weights: weights, skipsEmpty: false, seed: UInt64(1000 + index))
            var found = [(batch: RunningMean, sequential: RunningMean)](
                repeating: (RunningMean(), RunningMean()), count: requests)
            for _ in 0..<trials {
                stream.run(requests) { request, batch, sequential in
                    found[request - 1].batch.add(batch)
                    found[request - 1].sequential.add(sequential)
                }
            }
            let cost = SISACost(records: n, shards: s, slices: r)
            let general = GeneralCost(slices: sizes, weights: weights)
            for k in 1...requests {
                let (request, found) = (Double(k), found[k - 1])
                let error = general.batch(requests: k).standardError
                batch.compare(cost.batch(requests: request), found.batch, deviation: error)
                exact.compare(cost.batchWithoutReplacement(requests: request), found.batch, deviation: error)
                sequential.compare(
                    cost.sequential(requests: request), found.sequential,
                    deviation: general.sequential(requests: k).standardError)
            }
        }
        for comparisons in [batch, exact, sequential] {
            #expect(comparisons.count == 2500)
            #expect(comparisons.beyondThree <= comparisons.allowed, "\(comparisons)")
            #expect(comparisons.largest < 5, "\(comparisons)")
        }
    }

    /// Unequal and empty slices, own weights, some checkpoints, several orders.
    @Test(arguments: UInt64(0)..<24)
    func unequalSlicesCostWhatRandomStreamsCost(seed: UInt64) {
        var generator = SeededGenerator(seed: 77 + seed)
        let (s, r) = (Int.random(in: 1...6, using: &generator), Int.random(in: 1...8, using: &generator))
        let largest = [3, 12, 60][Int(seed % 3)]
        let sizes = (0..<s).map { _ in (0..<r).map { _ in Int.random(in: 0...largest, using: &generator) } }
        let weights = PassWeights(
            earlier: .random(in: 0.1...2, using: &generator), own: .random(in: 0.1...2, using: &generator))
        let cost = GeneralCost(slices: sizes, weights: weights)
        let requests = min(60, cost.records / 2)
        guard requests > 0 else { return }
        var stream = CostStream(sizes: sizes, weights: weights, skipsEmpty: true, seed: seed)
        var found = [(batch: RunningMean, sequential: RunningMean)](
            repeating: (RunningMean(), RunningMean()), count: requests)
        for _ in 0..<20_000 {
            stream.run(requests) { request, batch, sequential in
                found[request - 1].batch.add(batch)
                found[request - 1].sequential.add(sequential)
            }
        }
        for k in Set([1, 2, 5, requests / 2, requests]) where (1...requests).contains(k) {
            let (batch, sequential) = (cost.batch(requests: k), cost.sequential(requests: k))
            let scale = 1e-9 * cost.full
            #expect(abs(batch.expected - found[k - 1].batch.mean) <= 4 * found[k - 1].batch.standardError + scale)
            #expect(
                abs(sequential.expected - found[k - 1].sequential.mean)
                    <= 4 * found[k - 1].sequential.standardError + scale)
        }
    }

    /// The deviation that is told of one outcome is that of random streams: to 6 %, and four standard errors of the
    /// sample's variance.
    ///
    /// The latter counts where a few streams in ten thousand decide, those that leave a first slice untouched.
    @Test(arguments: [(1, 8), (2, 3), (5, 4), (20, 5)])
    func theSpreadIsThatOfRandomStreams(s: Int, r: Int) {
        let sizes = (0..<s).map { shard in (0..<r).map { 500 + 40 * ((shard + $0) % 3) } }
        let weights = PassWeights.trained(epochs: 1, slices: r)
        let cost = GeneralCost(slices: sizes, weights: weights)
        let predicted = (1...40).map { (batch: cost.batch(requests: $0), sequential: cost.sequential(requests: $0)) }
        var stream = CostStream(sizes: sizes, weights: weights, skipsEmpty: true, seed: UInt64(s))
        // Squared distances from the exact expectation.
        var found = [(batch: RunningMean, sequential: RunningMean)](
            repeating: (RunningMean(), RunningMean()), count: 40)
        for _ in 0..<10_000 {
            stream.run(40) { request, batch, sequential in
                let (one, other) = predicted[request - 1]
                found[request - 1].batch.add((batch - one.expected) * (batch - one.expected))
                found[request - 1].sequential.add((sequential - other.expected) * (sequential - other.expected))
            }
        }
        for k in [1, 2, 5, 15, 40] {
            let (predicted, found) = (predicted[k - 1], found[k - 1])
            for (deviation, squares) in [
                (predicted.batch.standardError, found.batch), (predicted.sequential.standardError, found.sequential)
            ] {
                let off = abs(deviation * deviation - squares.mean)
                #expect(off <= 4 * squares.standardError + 0.12 * squares.mean, "\(k): \(deviation) \(squares)")
            }
        }
    }

    /// How many of many comparisons lie how far off.
    private struct Comparisons {
        private(set) var count = 0
        private(set) var beyondThree = 0
        private(set) var largest = 0.0

        mutating func compare(_ expected: Double, _ found: RunningMean, deviation: Double) {
            count += 1
            let error = max(found.standardError, deviation / found.count.squareRoot())
            let off = abs(expected - found.mean)
            // Where every stream costs the same there is nothing to estimate.
            let distance = off <= 1e-9 * expected ? 0 : off / error
            if distance > 3 { beyondThree += 1 }
            largest = max(largest, distance)
        }

        /// The least number that at most 0.1 % of binomial draws of `count` at 0.0027 exceed.
        var allowed: Int {
            let p = 0.0026998
            var (term, sum, number) = (exp(Double(count) * log1p(-p)), 0.0, 0)
            while true {
                sum += term
                if sum >= 0.999 { return number }
                term *= Double(count - number) / Double(number + 1) * p / (1 - p)
                number += 1
            }
        }
    }
}
