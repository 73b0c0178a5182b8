internal import Foundation
internal import Unlearning

/// What several slice orders a shard give and take, by the formulas of S3T and by trying the very orders that a plan
/// trains.
///
/// Tried without any repair: requests fall on slices, and an order counts as long as its first slice is untouched.
package struct OrderSurvey: Sendable {
    /// Mean of the trials and the standard error of that mean, beside the formula; nil: there is none for these orders.
    package struct Figure: Sendable {
        /// The value by the formula.
        package let formula: Double?
        /// The mean of the trials.
        package let mean: Double
        /// The standard error of the mean.
        package let standardError: Double
    }

    /// The number of shards.
    package let shards: Int
    /// The orders that a shard trains, (orders, slices).
    package let sequences: [[Int]]
    /// Requests until no shard has a clean state left.
    package let deletionRate: Figure
    /// Requests until the first shard has none.
    package let firstDeadShard: Figure
    /// Share of the slices that serve after r requests in a shard, r = 1, 2, ...: of the best order each.
    package let retention: [Figure]
    /// Training all orders as a multiple of training one whole order, with layers trained by stages.
    package let layeredTrainingFactor: Double

    /// `probabilities`: how likely a request in a shard falls on each slice; empty: uniform. `hits`: up to how many
    /// retention is told.
    package init(
        shards: Int, slices: Int, orders: Int, probabilities: [Double] = [], hits: Int = 8, trials: Int = 2000,
        seed: UInt64 = 1
    ) {
        self.shards = shards
        var options = Recipe.SliceOptions()
        (options.orders, options.probabilities) = (orders, probabilities)
        let sequences = options.sequences(slices: slices)
        self.sequences = sequences
        var draws = SliceDraws(slices: slices, probabilities: probabilities, seed: seed)
        var (all, first) = (Tally(), Tally())
        for _ in 0..<trials {
            var alive = [Set<Int>](repeating: Set(sequences.indices), count: shards)
            var (left, requests) = (shards, 0)
            while left > 0 {
                requests += 1
                let (shard, slice) = (draws.stream.below(shards), draws.slice())
                let before = alive[shard].isEmpty
                alive[shard] = alive[shard].filter { sequences[$0][0] != slice }
                if alive[shard].isEmpty, !before {
                    if left == shards { first.add(Double(requests)) }
                    left -= 1
                }
                // A slice that is never hit keeps its order for ever.
                if requests == Self.maxRequests { break }
            }
            all.add(Double(requests))
        }
        var kept = [Tally](repeating: Tally(), count: hits)
        for _ in 0..<trials {
            var touched: Set<Int> = []
            for hit in 0..<hits {
                touched.insert(draws.slice())
                let best = sequences.map { $0.prefix { !touched.contains($0) }.count }.max() ?? 0
                kept[hit].add(Double(best) / Double(slices))
            }
        }
        let isUniform = probabilities.isEmpty
        deletionRate = all.figure(
            isUniform ? S3T.deletionRate(shards: shards, slices: slices, orders: orders) : nil)
        firstDeadShard = first.figure(
            isUniform ? S3T.firstDeadShard(shards: shards, slices: slices, orders: orders) : nil)
        retention = kept.enumerated().map { index, tally in
            tally.figure(isUniform ? Self.retained(slices: slices, orders: orders, hits: index + 1) : nil)
        }
        layeredTrainingFactor = S3T.trainingFactor(slices: slices, orders: orders)
    }

    static let maxRequests = 10_000_000

    /// E[slices that serve] / L: exact for one order and for all rotations, else there is no formula for these orders.
    private static func retained(slices: Int, orders: Int, hits: Int) -> Double? {
        guard orders == 1 || orders == slices else { return nil }
        return (1...slices).reduce(0.0) {
            $0
                + (orders == 1
                    ? Retention.sisa(slices: slices, kept: $1, hits: hits)
                    : Retention.allRotations(slices: slices, kept: $1, hits: hits))
        } / Double(slices)
    }

    private struct Tally {
        var (count, sum, squares) = (0.0, 0.0, 0.0)

        mutating func add(_ value: Double) {
            count += 1
            sum += value
            squares += value * value
        }

        func figure(_ formula: Double?) -> Figure {
            let mean = count > 0 ? sum / count : 0
            let variance = count > 1 ? max(0, squares / count - mean * mean) / (count - 1) : 0
            return Figure(formula: formula, mean: mean, standardError: variance.squareRoot())
        }
    }
}

/// Draws slices by their probabilities, or uniformly.
private struct SliceDraws {
    var stream: RandomStream
    private let sums: [Double]
    private let slices: Int

    init(slices: Int, probabilities: [Double], seed: UInt64) {
        self.slices = slices
        stream = RandomStream(seed: seed, run: 0, purpose: .survey)
        sums = probabilities.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
    }

    mutating func slice() -> Int {
        guard let total = sums.last, total > 0 else { return stream.below(slices) }
        let point = stream.unit() * total
        return sums.firstIndex { $0 > point } ?? slices - 1
    }
}
