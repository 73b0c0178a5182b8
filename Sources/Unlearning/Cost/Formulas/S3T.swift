internal import Foundation

/// Several slice orders per shard (Chowdhury et al. 2024, arXiv 2406.16257): m shards, L slices, B orders, no repair.
///
/// Requests hit slices uniformly and independently. An order lives while its first slice is untouched.
package enum S3T {
    /// Training cost as a multiple of training all layers on all rows: B sum_i (i/L) (1/L) = B (L + 1) / (2 L).
    package static func trainingFactor(slices: Int, orders: Int) -> Double {
        Double(orders) * Double(slices + 1) / Double(2 * slices)
    }

    /// Lemma 1: requests until no model of any shard is left, m L H_{m B'} with B' = min(B, L). SISA without retraining is B = 1.
    package static func deletionRate(shards: Int, slices: Int, orders: Int) -> Double {
        Double(shards) * Double(slices) * Combinations.harmonic(shards * min(orders, slices))
    }

    /// Requests until the first shard has no clean model:
    ///
    ///     T_1 = m L integral over u from 0 to infinity of [1 - (1 - e^-u)^B']^m = (m L / B') sum_{i=1..B'} Beta(i / B', m)
    ///
    /// With x = 1 - e^-u the integrand [1 - x^B']^m / (1 - x) is sum_{i<B'} x^i (1 - x^B')^{m-1}, term by term a Beta integral:
    /// no numerical integration, and only positive terms. B = 1 gives exactly L.
    package static func firstDeadShard(shards: Int, slices: Int, orders: Int) -> Double {
        let count = min(orders, slices)
        let sum = (1...count).reduce(0.0) { $0 + beta(Double($1) / Double(count), shards) }
        return Double(shards) * Double(slices) / Double(count) * sum
    }

    /// Beta(a, m) = (1/a) product over k = 1 ..< m of k / (k + a).
    private static func beta(_ a: Double, _ m: Int) -> Double {
        if m > 100_000 {
            return exp(
                Combinations.logFactorial(a - 1) + Combinations.logFactorial(Double(m - 1))
                    - Combinations.logFactorial(Double(m) + a - 1))
        }
        return (1..<m).reduce(1 / a) { $0 * (Double($1) / (Double($1) + a)) }
    }

    /// Share of shards without their newest model at a moment, where every hit is repaired: x / (1 + x), x = (rate / S) T_repair.
    ///
    /// An approximation: a single queue per shard. `rate`: requests a unit of time; `repair`: in the same unit.
    package static func degradedShare(rate: Double, shards: Int, repair: Double) -> Double {
        let load = rate / Double(shards) * repair
        return load / (1 + load)
    }
}
