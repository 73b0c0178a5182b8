internal import Foundation

/// P(at least k slices of a shard still serve after r uniform hits to it, with replacement and no repair); L slices, B orders.
package enum Retention {
    /// Lemma 2, SISA: the first k slices are untouched, (1 - k/L)^r.
    package static func sisa(slices: Int, kept: Int, hits: Int) -> Double {
        power(1 - Double(kept) / Double(slices), hits)
    }

    /// Eq. 20, S3T: 1 - (1 - (1 - k/L)^r)^B', B' = min(B, L! / (L - k)!).
    ///
    /// It takes orders for independent though the same deletions hit them all, so it is an upper bound for random orders (Jensen).
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
    /// The m gaps are a uniform composition of L - m into m parts. Those with all parts below k are counted by adding one part after
    /// another, so that all terms are positive (the closed form alternates). Cost: L squared.
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
