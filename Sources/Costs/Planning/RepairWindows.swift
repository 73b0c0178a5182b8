internal import Engine
internal import Foundation
internal import Unlearning

/// How the passes of one window's repair are distributed: the answer to "repaired within an hour, 95 times of 100".
package struct RepairWindows: Sendable {
    /// Ascending.
    private let passes: [Double]
    /// Windows that were simulated; nil: all cases were counted, which are equally likely.
    package let simulated: Int?

    /// The least number of passes that this share of windows does not exceed.
    package func quantile(_ share: Double) -> Double {
        let rank = (share * Double(passes.count)).rounded(.up)
        return passes[min(passes.count - 1, max(0, Int(rank) - 1))]
    }

    /// One request alone: any of R slices, so the distribution is exact.
    package init(singleRequest cost: SISACost) {
        let passes = (1...cost.slices).map { cost.restart(slice: $0) - cost.passes(slice: $0) }
        self.init(passes: passes.sorted(), simulated: nil)
    }

    /// K requests repaired together, in windows of random requests to uniform cells.
    ///
    /// `isMean`: K is the mean of a Poisson number. Above 20,000 requests it is taken for one in any case, and removed
    /// rows at their mean: shards are then independent, and each draws the first slice that is hit. The stream of
    /// random numbers is fixed, so the answer is the same every time. Cost: `draws` random numbers, or a hundred
    /// windows (40 of the fast kind).
    package init(_ cost: SISACost, requests: Double, isMean: Bool, draws: Int = 2_000_000) {
        if !isMean, requests <= 1 {
            self.init(singleRequest: cost)
            return
        }
        let isLarge = requests > 20_000
        let each = isLarge ? Double(cost.shards) : max(1, requests)
        let count = max(isLarge ? 40 : 100, min(4000, Int(Double(draws) / each)))
        let restarts = (1...cost.slices).map { cost.restart(slice: $0) }
        let saved = (1...cost.slices).map { cost.passes(slice: $0) }
        var numbers = Numbers()
        var first = [Int](repeating: cost.slices, count: cost.shards)
        let spacing = Double(cost.shards * cost.slices) / requests
        let found = (0..<count).map { _ in
            var (touched, sum) = ([Int](), 0.0)
            if isLarge {
                sum = -requests * cost.passesOfARecord
                for _ in 0..<cost.shards {
                    let slice = -log(numbers.uniform()) * spacing
                    if slice < Double(cost.slices) { sum += restarts[Int(slice)] }
                }
                return max(0, sum)
            }
            for _ in 0..<(isMean ? numbers.poisson(requests) : Int(requests.rounded())) {
                let cell = numbers.below(cost.shards * cost.slices)
                let (shard, slice) = (cell / cost.slices, cell % cost.slices)
                if first[shard] == cost.slices { touched.append(shard) }
                first[shard] = min(first[shard], slice)
                sum -= saved[slice]
            }
            for shard in touched {
                sum += restarts[first[shard]]
                first[shard] = cost.slices
            }
            return max(0, sum)
        }
        self.init(passes: found.sorted(), simulated: count)
    }

    private init(passes: [Double], simulated: Int?) {
        self.passes = passes
        self.simulated = simulated
    }

    private struct Numbers {
        private let stream = Philox(seed: 0, purpose: "cost plan", context: [])
        private var counter: UInt64 = 0

        mutating func next() -> UInt64 {
            counter += 1
            return stream.word(at: counter)
        }

        mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

        /// Above 0 and at most 1.
        mutating func uniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

        /// Knuth's product of uniform numbers, in parts of which each has a mean of at most 500.
        mutating func poisson(_ mean: Double) -> Int {
            if mean > 500 { return poisson(500) + poisson(mean - 500) }
            let limit = exp(-mean)
            var (product, count) = (uniform(), 0)
            while product > limit {
                product *= uniform()
                count += 1
            }
            return count
        }
    }
}

extension SISACost {
    /// Passes of one record of slice r (1-based): in its own stage, and in those after it.
    package func passes(slice r: Int) -> Double { weights.own + weights.earlier * Double(slices - r) }
}
