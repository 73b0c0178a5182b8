/// Orders in which one shard trains its slices several times, so that few deletions touch the first slices of all of
/// them.
///
/// After Chowdhury et al. 2024 (arXiv 2406.16257), algorithms 1 and 2. Orders are part of a training plan: they are the
/// same on every machine. Nothing but sums, products and comparisons of IEEE numbers decides, and of equals the lowest
/// index.
package enum SliceOrders {
    /// Algorithm 1, for requests of which nothing is known: the right-rotations of 0..<slices; where more are asked
    /// for, rotations of their tails behind the first slice, then behind the first two, and so on.
    ///
    /// Fewer than `count` where there are no more permutations. Up to `slices` orders no two begin with the same slice.
    package static func cyclic(slices: Int, count: Int) -> [[Int]] {
        guard slices > 0, count > 0 else { return [] }
        var orders = rightRotations(Array(0..<slices)[...])
        var seen = Set(orders)
        var prefix = 1
        while orders.count < count, prefix < slices - 1 {
            for order in orders {
                for tail in rightRotations(order[prefix...]) where orders.count < count {
                    let made = Array(order[..<prefix]) + tail
                    if seen.insert(made).inserted { orders.append(made) }
                }
            }
            prefix += 1
        }
        return Array(orders.prefix(count))
    }

    /// Eq. 24: sum over i = 1...L of i (1 - (p of the first i slices together))^t, about how many slices serve after t
    /// requests.
    ///
    /// t is rounded to a whole number, so that the power is a product. `order` may be the beginning of one.
    package static func score(_ order: [Int], probabilities: [Double], requests: Double) -> Double {
        var (together, sum) = (0.0, 0.0)
        for (index, slice) in order.enumerated() {
            together += probabilities[slice]
            sum += Double(index + 1) * power(max(0, 1 - together), wholeNumber(requests))
        }
        return sum
    }

    static func wholeNumber(_ requests: Double) -> Int {
        requests.isFinite ? Int(min(1e15, max(0, requests.rounded()))) : 0
    }

    /// By squaring: products only, so every machine gets the same bits.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }

    /// The order itself first, then each with its last element moved to the front.
    private static func rightRotations(_ order: ArraySlice<Int>) -> [[Int]] {
        let order = Array(order)
        return order.indices.map { Array(order[(order.count - $0)...] + order[..<(order.count - $0)]) }
    }
}

extension SliceOrders {
    /// Algorithm 2, for known deletion probabilities: L orders grow together, one slice at a time, by matchings of
    /// greatest total score.
    ///
    /// `probabilities`: of a request to fall into each slice. `count`: the best of the L orders by score; more than L
    /// are filled up by drawing slices without replacement with weight 1 - p from a fixed stream, repeats thrown away,
    /// and at last by `cyclic`. Fewer where there are no more permutations. Cost: L^4, seconds at 200 slices.
    package static func matching(probabilities: [Double], count: Int, requests: Double) -> [[Int]] {
        let slices = probabilities.indices
        guard !slices.isEmpty, count > 0 else { return [] }
        let exponent = wholeNumber(requests)
        var orders = slices.map { [$0] }
        var together = probabilities
        var scores = slices.map { power(max(0, 1 - probabilities[$0]), exponent) }
        for length in slices.dropFirst() {
            let weights = orders.indices.map { order in
                slices.map { slice in
                    orders[order].contains(slice)
                        ? nil
                        : scores[order]
                            + Double(length + 1) * power(max(0, 1 - together[order] - probabilities[slice]), exponent)
                }
            }
            for (order, slice) in PerfectMatching.best(weights).enumerated() {
                orders[order].append(slice)
                together[order] += probabilities[slice]
                scores[order] = weights[order][slice] ?? scores[order]
            }
        }
        let ranked = orders.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        var chosen = ranked.prefix(count).map { orders[$0] }
        if count > chosen.count { fill(&chosen, to: count, probabilities) }
        return chosen
    }

    private static func fill(_ orders: inout [[Int]], to count: Int, _ probabilities: [Double]) {
        var seen = Set(orders)
        var stream = FixedStream()
        var refused = 0
        while orders.count < count, refused < 1000 {
            let drawn = draw(probabilities.map { max(0, 1 - $0) }, &stream)
            if seen.insert(drawn).inserted { orders.append(drawn) } else { refused += 1 }
        }
        guard orders.count < count else { return }
        // At most `count` of them are known already.
        for order in cyclic(slices: probabilities.count, count: count + orders.count) where orders.count < count {
            if seen.insert(order).inserted { orders.append(order) }
        }
    }

    private static func draw(_ weights: [Double], _ stream: inout FixedStream) -> [Int] {
        var left = Array(weights.indices)
        var order: [Int] = []
        while left.count > 1 {
            let point = stream.next() * left.reduce(0) { $0 + weights[$1] }
            var (sum, chosen) = (0.0, left.count - 1)
            for (index, slice) in left.enumerated() {
                sum += weights[slice]
                if point < sum {
                    chosen = index
                    break
                }
            }
            order.append(left.remove(at: chosen))
        }
        return order + left
    }

    /// SplitMix64 (Steele et al. 2014) from a fixed start: the same numbers everywhere.
    private struct FixedStream {
        private var state: UInt64 = 0

        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((word ^ (word >> 31)) >> 11) * 0x1p-53
        }
    }
}

extension Recipe.SliceOptions {
    /// The slice orders of every shard, (orders, slices): without probabilities the cyclic rotations, with them the
    /// matching of S3T for as many requests as slices.
    package func sequences(slices: Int) -> [[Int]] {
        guard orders > 1 || !probabilities.isEmpty else { return [Array(0..<slices)] }
        return probabilities.isEmpty
            ? SliceOrders.cyclic(slices: slices, count: orders)
            : SliceOrders.matching(probabilities: probabilities, count: orders, requests: Double(slices))
    }
}
