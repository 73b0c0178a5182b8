/// Shards of which none expects more than a given number of requests (Bourtoule et al. 2021, algorithm 1).
///
/// Records are taken in the order of their deletion probability, and a shard is closed before its sum reaches the limit. Groups of equal
/// probability are taken as runs, so the cost is that of the shards, not of the records.
package enum DistributionAwareSharding {
    /// Records that share one deletion probability.
    package struct Group: Sendable, Equatable {
        package let probability: Double
        package let records: Int

        package init(probability: Double, records: Int) {
            precondition(
                (0...1).contains(probability) && records >= 0, "a chance from 0 to 1, and no less than no records")
            self.probability = probability
            self.records = records
        }
    }

    /// How many records of which group a shard takes.
    package struct Run: Sendable, Equatable {
        /// Index into the groups that were given.
        package let group: Int
        package let records: Int
    }

    /// `limit`: C, requests that a shard may expect over the window; each stays below it, but for one of a single record that reaches it alone.
    ///
    /// Groups of equal probability keep their order. No shard is empty; without records there are none.
    package static func shards(_ groups: [Group], limit: Double) -> [[Run]] {
        precondition(limit > 0, "a shard that may expect no request can hold no record")
        let order = groups.indices.sorted {
            let (left, right) = (groups[$0].probability, groups[$1].probability)
            return left != right ? left < right : $0 < $1
        }
        var shards: [[Run]] = []
        var (open, expected) = ([Run](), 0.0)
        for index in order {
            let p = groups[index].probability
            var left = groups[index].records
            while left > 0 {
                let taken = fitting(left, p, below: limit, after: expected, isEmpty: open.isEmpty)
                if taken > 0 {
                    open.append(Run(group: index, records: taken))
                    expected += p * Double(taken)
                    left -= taken
                }
                if left > 0 {
                    shards.append(open)
                    (open, expected) = ([], 0)
                }
            }
        }
        return open.isEmpty ? shards : shards + [open]
    }

    /// The most records of probability p, up to `left`, that keep a shard's sum below the limit; at least one in an empty shard.
    private static func fitting(
        _ left: Int, _ p: Double, below limit: Double, after expected: Double, isEmpty: Bool
    ) -> Int {
        func fits(_ count: Int) -> Bool { expected + p * Double(count) < limit }
        if fits(left) { return left }
        // A quotient is rounded, so the exact place is looked for beside it.
        var count = min(left, max(0, Int(min(1e15, (limit - expected) / p))))
        while count > 0, !fits(count) { count -= 1 }
        while count < left, fits(count + 1) { count += 1 }
        return isEmpty ? max(1, count) : count
    }
}
