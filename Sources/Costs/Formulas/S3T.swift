internal import Foundation

/// Several slice orders per shard (Chowdhury et al. 2024, arXiv 2406.16257): m shards, L slices, B orders, no repair.
///
/// Requests hit slices uniformly and independently. An order lives while its first slice is untouched.
package enum S3T {
    /// Training cost as a multiple of training all layers on all rows: B sum_i (i/L) (1/L) = B (L + 1) / (2 L).
    package static func trainingFactor(slices: Int, orders: Int) -> Double {
        Double(orders) * Double(slices + 1) / Double(2 * slices)
    }

    /// Lemma 1: requests until no model of any shard is left, m L H_{m B'} with B' = min(B, L). SISA without retraining
    /// is B = 1.
    package static func deletionRate(shards: Int, slices: Int, orders: Int) -> Double {
        Double(shards) * Double(slices) * Combinations.harmonic(shards * min(orders, slices))
    }

    /// Requests until the first shard has no clean model:
    ///
    ///     T_1 = m L integral over u from 0 to infinity of [1 - (1 - e^-u)^B']^m
    ///         = (m L / B') sum_{i=1..B'} Beta(i / B', m)
    ///
    /// With x = 1 - e^-u the integrand [1 - x^B']^m / (1 - x) is sum_{i<B'} x^i (1 - x^B')^{m-1}, term by term a Beta
    /// integral: no numerical integration, and only positive terms. B = 1 gives exactly L.
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

    /// Share of shards without their newest model at a moment, where every hit is repaired: x / (1 + x), x = (rate / S)
    /// T_repair.
    ///
    /// An approximation: a single queue per shard. `rate`: requests a unit of time; `repair`: in the same unit.
    package static func degradedShare(rate: Double, shards: Int, repair: Double) -> Double {
        let load = rate / Double(shards) * repair
        return load / (1 + load)
    }
}

/// P(at least k slices of a shard still serve after r uniform hits to it, with replacement and no repair); L slices, B
/// orders.
package enum Retention {
    /// Lemma 2, SISA: the first k slices are untouched, (1 - k/L)^r.
    package static func sisa(slices: Int, kept: Int, hits: Int) -> Double {
        power(1 - Double(kept) / Double(slices), hits)
    }

    /// Eq. 20, S3T: 1 - (1 - (1 - k/L)^r)^B', B' = min(B, L! / (L - k)!).
    ///
    /// It takes orders for independent though the same deletions hit them all, so it is an upper bound for random
    /// orders (Jensen).
    package static func upperBound(slices: Int, kept: Int, hits: Int, orders: Int) -> Double {
        var distinct = 1
        for factor in stride(from: slices, to: slices - kept, by: -1) where distinct < orders { distinct *= factor }
        return 1 - power(1 - sisa(slices: slices, kept: kept, hits: hits), min(orders, distinct))
    }

    /// Exact for orders drawn independently and uniformly: sum_m P(M = m) (1 - [1 - C(L - m, k) / C(L, k)]^B).
    package static func randomOrders(slices: Int, kept: Int, hits: Int, orders: Int) -> Double {
        let touched = touched(slices: slices, hits: hits)
        return touched.indices.reduce(0) { sum, m in
            let clean = exp(
                Combinations.logOfNone(marked: Double(m), of: Double(slices), drawn: Double(kept)))
            return sum + touched[m] * (1 - power(1 - clean, orders))
        }
    }

    /// Exact for all L rotations of one order: the longest circular run of untouched slices decides.
    ///
    ///     sum_m P(M = m) (1 - P(no gap of k or more between m touched slices on a circle))
    ///
    /// The m gaps are a uniform composition of L - m into m parts. Those with all parts below k are counted by adding
    /// one part after another, so that all terms are positive (the closed form alternates). Cost: L squared.
    package static func allRotations(slices: Int, kept: Int, hits: Int) -> Double {
        let touched = touched(slices: slices, hits: hits)
        guard kept > 0 else { return 1 }
        // short[t]: compositions of t into m parts below k, over exp(scale).
        var short = [Double](repeating: 0, count: slices + 1)
        (short[0], short[0]) = (1, 1)
        var (scale, sum) = (0.0, touched[0])
        for m in 1..<touched.count {
            var (window, next) = (0.0, short)
            for total in short.indices {
                window += short[total]
                if total >= kept { window -= short[total - kept] }
                next[total] = max(0, window)
            }
            short = next
            let largest = short.max() ?? 1
            if largest > 1e100 {
                for index in short.indices { short[index] /= largest }
                scale += log(largest)
            }
            let among = Combinations.logChoose(slices - 1, m - 1)
            sum += touched[m] * (1 - min(1, short[slices - m] * exp(scale - among)))
        }
        return sum
    }

    /// P(M = m), m different slices touched by r hits, for m from 0 to min(L, r).
    static func touched(slices: Int, hits: Int) -> [Double] {
        var chances = [1.0] + [Double](repeating: 0, count: min(slices, hits))
        for _ in 0..<hits {
            for m in chances.indices.reversed() {
                let again = chances[m] * Double(m) / Double(slices)
                chances[m] = again + (m > 0 ? chances[m - 1] * Double(slices - m + 1) / Double(slices) : 0)
            }
        }
        return chances
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
