internal import Foundation
package import Unlearning

/// What deletions are expected to cost a SISA ensemble of S equal shards with R equal slices each, in record-passes.
///
/// Requests are uniform over the records. Equations are those of Bourtoule et al. 2021 (arXiv 1912.03817), section VI
/// and appendix; `batch` and `sequential` are their joint form over S, R and K, which the paper does not have. Shards
/// and slices are shares of N, so N need not be divisible. With K records deleted of N, K is at most N; it may be a
/// mean and so no whole number. Cost: linear in R.
package struct SISACost: Sendable, Equatable {
    /// N.
    package let records: Double
    /// S.
    package let shards: Int
    /// R.
    package let slices: Int
    /// Passes of a stage over its own slice and over the ones before.
    package let weights: PassWeights

    /// `epochs`: e', the passes that a shard without slices would take; every stage then takes 2 e' / (R + 1) (Eq. 1).
    package init(records: Int, shards: Int, slices: Int, epochs: Double = 1) {
        self.init(
            records: records, shards: shards, slices: slices, weights: .paper(epochs: epochs, slices: slices))
    }

    /// The costs of a plan under these weights.
    package init(records: Int, shards: Int, slices: Int, weights: PassWeights) {
        precondition(records >= 0 && shards > 0 && slices > 0, "a plan has records, shards and slices")
        self.records = Double(records)
        self.shards = shards
        self.slices = slices
        self.weights = weights
    }

    /// Passes that one record gets in a whole training, on the average over its slice: own + earlier (R - 1) / 2.
    ///
    /// With the paper's weights it is e' (Eq. 1), up to rounding. It is also what a removed record saves, because every
    /// stage that saw it is trained again.
    package var passesOfARecord: Double { weights.own + weights.earlier * Double(slices - 1) / 2 }

    /// Training everything once the K records are gone, the baseline of all fractions: e' (N - K).
    package func full(requests: Double = 0) -> Double { passesOfARecord * (records - requests) }

    /// Stage j of one shard, 1-based: (N / SR) (earlier (j - 1) + own).
    func stage(_ j: Int) -> Double {
        records / Double(shards) / Double(slices) * (weights.earlier * Double(j - 1) + weights.own)
    }

    /// c(r): stages r to R of one shard, 1-based; with the paper's weights (2 e' D / (R (R + 1))) [R (R + 1) / 2 - r (r
    /// - 1) / 2].
    package func restart(slice r: Int) -> Double {
        precondition((1...slices).contains(r), "slices are counted from 1 here")
        let (first, count) = (Double(r), Double(slices - r + 1))
        let middle = (first + Double(slices)) / 2 - 1
        return records / Double(shards) / Double(slices) * count * (weights.earlier * middle + weights.own)
    }

    /// J: K requests answered together. Stage j of a shard is trained again if a request falls into its slices 1 to j:
    ///
    ///     J = S sum_j stage(j) [1 - (1 - j / SR)^K] - K e'
    ///
    /// Requests are drawn with replacement, which for K well below N makes no difference; see `DistinctRequests`.
    package func batch(requests: Double) -> Double {
        guard requests > 0 else { return 0 }
        return overStages { j in -expm1(requests * log1p(-share(j))) } - requests * passesOfARecord
    }

    /// Q: K requests, each answered at once: e' [(2/3 + 1/(3R)) (KN / S - K (K - 1) / 2S) - K] with the paper's
    /// weights.
    ///
    /// As in `batch` a request falls on a full shard however many came before; for K well below N that makes no
    /// difference.
    package func sequential(requests: Double) -> Double {
        guard requests > 0 else { return 0 }
        let shrinking = requests - requests * (requests - 1) / (2 * records)
        return overStages(share) * shrinking - requests * passesOfARecord
    }

    /// J where the number of requests is itself a Poisson draw with this mean: (1 - j / SR)^K becomes exp(-K j / SR).
    package func batch(poissonMean mean: Double) -> Double {
        guard mean > 0 else { return 0 }
        return overStages { j in -expm1(-mean * share(j)) } - mean * passesOfARecord
    }

    /// Q likewise: E[K (K - 1)] is the mean squared.
    package func sequential(poissonMean mean: Double) -> Double {
        guard mean > 0 else { return 0 }
        return overStages(share) * (mean - mean * mean / (2 * records)) - mean * passesOfARecord
    }

    /// j / SR, the share of all records that is in slices 1 to j of one shard.
    func share(_ j: Int) -> Double { Double(j) / Double(shards) / Double(slices) }

    func overStages(_ probability: (_ j: Int) -> Double) -> Double {
        Double(shards) * (1...slices).reduce(0) { $0 + stage($1) * probability($1) }
    }
}

/// What repairs cost where requests are for different records, which matters where they are no small part of all.
///
/// A repair answers K requests after g that were answered before. Take a record y and a stage of m records that sees
/// it: y outlives the g + K requests with the chance (N - g - K) / N, and given that the K are any of the other N - 1
/// records, whatever went before. So the stage takes y again with the chance 1 - C(N - m, K) / C(N - 1, K), and
///
///     cost = J(K) (N - g - K) / (N - K) - what slices that ran empty save
///     J(K) = sum over stages c_j [1 - C(N - m_j, K) / C(N, K)] - K e'
///
/// A stage whose own slice is empty trains nothing, so it no longer visits the records before it. Exact for slices of
/// whole records.
struct DistinctRequests {
    private let cost: SISACost
    /// K.
    private let requests: Double
    /// J(K).
    private let first: Double
    /// Records before the slices, summed over the stages of a shard.
    private let before: Double
    /// The same, of stages that K requests miss given that a record before them stays.
    private let missed: Double

    init(_ cost: SISACost, requests: Double) {
        (self.cost, self.requests) = (cost, requests)
        let (n, slice) = (cost.records, cost.records * cost.share(1))
        first =
            cost.overStages { Combinations.probabilityOfAny(marked: n * cost.share($0), of: n, drawn: requests) }
            - requests * cost.passesOfARecord
        let earlier = (1..<max(1, cost.slices)).map { slice * Double($0) }
        before = earlier.reduce(0, +)
        missed = earlier.reduce(0) {
            $0 + $1 * exp(Combinations.logOfNone(marked: $1 - 1, of: n - slice - 1, drawn: requests))
        }
    }

    /// Record-passes of the repair of K requests after `gone` others.
    func passes(after gone: Double = 0) -> Double {
        let left = cost.records - gone - requests
        guard requests > 0, left > 0 else { return 0 }
        return first * left / (cost.records - requests) - emptied(after: gone)
    }

    /// The same summed over `count` repairs, one after another.
    ///
    /// What empty slices save is summed over 1,024 blocks where there are more repairs, by the value in the middle of
    /// each.
    func passes(ofRepairs count: Double) -> Double {
        guard requests > 0, count > 0, cost.records > requests else { return 0 }
        let left = cost.records - requests
        let simple = first * (count - requests * count * (count - 1) / (2 * left))
        guard isSaving(after: count * requests) else { return simple }
        let blocks = min(1024, count.rounded(.up))
        let width = count / blocks
        return (0..<Int(blocks)).reduce(simple) {
            $0 - width * emptied(after: ((Double($1) + 0.5) * width - 0.5) * requests)
        }
    }

    private func emptied(after gone: Double) -> Double {
        guard isSaving(after: gone + requests) else { return 0 }
        let slice = cost.records * cost.share(1)
        return Double(cost.shards) * cost.weights.earlier * (cost.records - gone - requests) / (cost.records - slice)
            * (empty(after: gone + requests) * before - empty(after: gone) * missed)
    }

    private func isSaving(after gone: Double) -> Bool { before > 0 && empty(after: gone) > 1e-15 }

    /// P(all records of a slice are among so many that are gone) = P(none is among those that are left).
    private func empty(after gone: Double) -> Double {
        exp(
            Combinations.logOfNone(
                marked: cost.records - gone, of: cost.records, drawn: cost.records * cost.share(1)))
    }
}

extension SISACost {
    /// J, exact for K different records: (1 - j / SR)^K becomes C(N - jN / SR, K) / C(N, K).
    package func batchWithoutReplacement(requests: Double) -> Double {
        DistinctRequests(self, requests: requests).passes()
    }

    /// Q, exact for K different records: (the cost of the first) [K - K (K - 1) / (2 (N - 1))], less what empty slices
    /// save.
    package func sequentialWithoutReplacement(requests: Double) -> Double {
        DistinctRequests(self, requests: 1).passes(ofRepairs: requests)
    }
}
