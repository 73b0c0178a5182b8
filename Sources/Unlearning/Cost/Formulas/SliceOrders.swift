/// Orders in which one shard trains its slices several times, so that few deletions touch the first slices of all of them.
///
/// After Chowdhury et al. 2024 (arXiv 2406.16257), algorithms 1 and 2. Orders are part of a training plan: they are the same on every
/// machine. Nothing but sums, products and comparisons of IEEE numbers decides, and of equals the lowest index.
package enum SliceOrders {
    /// Algorithm 1, for requests of which nothing is known: the right-rotations of 0..<slices; where more are asked for, rotations of their
    /// tails behind the first slice, then behind the first two, and so on.
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

    /// Eq. 24: sum over i = 1...L of i (1 - (p of the first i slices together))^t, about how many slices serve after t requests.
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

extension Recipe.SliceOptions {
    /// (orders, slices): without probabilities the cyclic rotations, with them the matching of S3T for as many requests as slices.
    func sequences(slices: Int) -> [[Int]] {
        guard orders > 1 || !probabilities.isEmpty else { return [Array(0..<slices)] }
        return probabilities.isEmpty
            ? SliceOrders.cyclic(slices: slices, count: orders)
            : SliceOrders.matching(probabilities: probabilities, count: orders, requests: Double(slices))
    }
}
