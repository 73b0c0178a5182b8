internal import Foundation

/// What deletions are expected to cost a SISA ensemble of S equal shards with R equal slices each, in record-passes.
///
/// Requests are uniform over the records. Equations are those of Bourtoule et al. 2021 (arXiv 1912.03817), section VI and appendix;
/// `batch` and `sequential` are their joint form over S, R and K, which the paper does not have. Shards and slices are shares of N, so N
/// need not be divisible. With K records deleted of N, K is at most N; it may be a mean and so no whole number. Cost: linear in R.
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

    package init(records: Int, shards: Int, slices: Int, weights: PassWeights) {
        precondition(records >= 0 && shards > 0 && slices > 0, "a plan has records, shards and slices")
        self.records = Double(records)
        self.shards = shards
        self.slices = slices
        self.weights = weights
    }

    /// Passes that one record gets in a whole training, on the average over its slice: own + earlier (R - 1) / 2.
    ///
    /// With the paper's weights it is e' (Eq. 1), up to rounding. It is also what a removed record saves, because every stage that
    /// saw it is trained again.
    package var passesOfARecord: Double { weights.own + weights.earlier * Double(slices - 1) / 2 }

    /// Training everything once the K records are gone, the baseline of all fractions: e' (N - K).
    package func full(requests: Double = 0) -> Double { passesOfARecord * (records - requests) }

    /// Stage j of one shard, 1-based: (N / SR) (earlier (j - 1) + own).
    func stage(_ j: Int) -> Double {
        records / Double(shards) / Double(slices) * (weights.earlier * Double(j - 1) + weights.own)
    }

    /// c(r): stages r to R of one shard, 1-based; with the paper's weights (2 e' D / (R (R + 1))) [R (R + 1) / 2 - r (r - 1) / 2].
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

    /// Q: K requests, each answered at once: e' [(2/3 + 1/(3R)) (KN / S - K (K - 1) / 2S) - K] with the paper's weights.
    ///
    /// As in `batch` a request falls on a full shard however many came before; for K well below N that makes no difference.
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
