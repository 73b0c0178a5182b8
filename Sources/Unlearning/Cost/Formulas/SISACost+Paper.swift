internal import Foundation

/// The paper's own equations, as printed, for comparison: where they agree with `batch` and `sequential`, and where they do not.
///
/// All for e' = 1 unless `epochs` is there. N records, S shards, R slices, D = N / S, K requests, which may be a mean.
extension SISACost {
    /// Eq. 1: e = 2 e' / (R + 1), the passes of a stage for which all stages together visit e' D records.
    package static func stageEpochs(epochs: Double, slices: Int) -> Double {
        2 * epochs / Double(slices + 1)
    }

    /// Eq. 2, sharding only, one request after another: (N/S + 1/(2S) - 1) K - K^2 / (2S).
    package static func sequentialShards(records: Double, shards: Int, requests: Double) -> Double {
        let s = Double(shards)
        return (records / s + 1 / (2 * s) - 1) * requests - requests * requests / (2 * s)
    }

    /// Eq. 3, sharding only, K requests together: N (1 - (1 - 1/S)^K) - K.
    package static func batchShards(records: Double, shards: Int, requests: Double) -> Double {
        guard requests > 0 else { return 0 }
        return -records * expm1(requests * log1p(-1 / Double(shards))) - requests
    }

    /// Eq. 4, one request to one shard of D records in R slices: e' D (2/3 + 1/(3R)), the removed row not subtracted.
    package static func single(records: Double, slices: Int, epochs: Double = 1) -> Double {
        epochs * records * (2.0 / 3 + 1 / (3 * Double(slices)))
    }

    /// Eq. 5 in its discrete form, K requests together to one shard of D records in R slices:
    ///
    ///     (2 e' D / (R (R + 1))) sum_j j [1 - (1 - j/R)^K]
    package static func batchSlices(records: Double, slices: Int, requests: Double, epochs: Double = 1) -> Double {
        guard requests > 0 else { return 0 }
        let r = Double(slices)
        let sum = (1...slices).reduce(0.0) { $0 - Double($1) * expm1(requests * log1p(-Double($1) / r)) }
        return 2 * epochs * records / (r * (r + 1)) * sum
    }

    /// Eq. 5 with the continuous moments of Eq. 18, which the paper's headline uses:
    ///
    ///     E[r_min] = (K + R) / (K + 1),  E[r_min^2] = 1 + 2 (R - 1) / (K + 1) ((K + 1) + R) / (K + 2)
    ///
    /// They take slices for a continuum: at K = 1 the result is 3.3 % above Eq. 4 with R = 2, and 0.5 % with R = 50.
    package static func batchSlicesContinuous(
        records: Double, slices: Int, requests: Double, epochs: Double = 1
    ) -> Double {
        let (r, k) = (Double(slices), requests)
        let first = (k + r) / (k + 1)
        let second = 1 + 2 * (r - 1) / (k + 1) * ((k + 1) + r) / (k + 2)
        return 2 * epochs * records / (r * (r + 1)) * (r * (r + 1) / 2 - (second - first) / 2)
    }

    /// Eq. 19, a lone model on N/S records, one request after another: (1/S) (N/S + 1/(2S) - 1) K - K^2 / (2 S^2).
    package static func loneShardSequential(records: Double, shards: Int, requests: Double) -> Double {
        let s = Double(shards)
        return (records / s + 1 / (2 * s) - 1) * requests / s - requests * requests / (2 * s * s)
    }

    /// Eq. 20 as printed, a lone model on N/S records, K requests together: (N - K) / S.
    package static func loneShardBatch(records: Double, shards: Int, requests: Double) -> Double {
        (records - requests) / Double(shards)
    }
}
