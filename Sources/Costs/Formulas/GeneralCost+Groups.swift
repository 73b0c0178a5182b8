internal import Foundation

extension GeneralCost {
    /// One window in which every group fires or not, each by itself:
    ///
    ///     sum over stages c_j [1 - product over groups that reach stage j of (1 - p)] - removed rows' passes
    ///
    /// That a slice may run empty is left out: its stage is then counted with the records before it. Cost: parts and
    /// cells.
    package func expected(groups: [RequestGroup]) -> Double {
        // By shard and slice: the groups that touch it.
        var touching = slices.map { [[Int]](repeating: [], count: $0.count) }
        for (index, group) in groups.enumerated() {
            for part in group.parts where part.records > 0 { touching[part.shard][part.slice].append(index) }
        }
        let logs = groups.map { log1p(-$0.probability) }
        var seen = [Int](repeating: -1, count: groups.count)
        var (sum, pass) = (0.0, 0)
        for shard in orders.indices {
            for order in orders[shard] {
                // ln P(nobody reaches the stage): each group enters once, at the first position that it touches.
                var (missed, next) = (0.0, 0)
                for stage in order.stages.indices {
                    while next < order.reach[stage] {
                        for group in touching[shard][order.sequence[next]] where seen[group] != pass {
                            seen[group] = pass
                            missed += logs[group]
                        }
                        next += 1
                    }
                    if order.stages[stage] > 0, missed < 0 { sum -= order.stages[stage] * expm1(missed) }
                }
                pass += 1
            }
        }
        return sum - saved(groups)
    }

    /// The same with a chance for every slice that at least one of its records goes. `records`: how many go from it on
    /// the average.
    package func expected(hitProbabilities: [[Double]], records: [[Double]]) -> Double {
        let groups = hitProbabilities.enumerated().flatMap { shard, row in
            row.enumerated().map { slice, p in
                RequestGroup(probability: p, parts: [.init(shard: shard, slice: slice, records: p > 0 ? 1 : 0)])
            }
        }
        let removed = orders.indices.reduce(0.0) { sum, shard in
            orders[shard].reduce(sum) { sum, order in
                order.sequence.indices.reduce(sum) { $0 + records[shard][order.sequence[$1]] * order.passes[$1] }
            }
        }
        return expected(groups: groups) + saved(groups) - removed
    }

    /// Passes of the records that go.
    private func saved(_ groups: [RequestGroup]) -> Double {
        let passes = orders.indices.map(passesOfRecords)
        return groups.reduce(0) { sum, group in
            group.parts.reduce(sum) {
                $0 + group.probability * Double($1.records) * passes[$1.shard][$1.slice]
            }
        }
    }
}

/// Records that are deleted together, because one owner asks for it: with what chance in a window, and where they
/// stand.
package struct RequestGroup: Sendable, Equatable {
    /// Records of a group in one slice.
    package struct Part: Sendable, Equatable {
        /// The shard, counted from 0.
        package let shard: Int
        /// The slice, counted from 0.
        package let slice: Int
        /// How many records.
        package let records: Int

        /// Records in one slice.
        package init(shard: Int, slice: Int, records: Int) {
            self.shard = shard
            self.slice = slice
            self.records = records
        }
    }

    /// 0...1.
    package let probability: Double
    /// Where the records are.
    package let parts: [Part]

    /// A group that asks with this chance.
    package init(probability: Double, parts: [Part]) {
        precondition((0...1).contains(probability), "a chance is a number from 0 to 1")
        self.probability = probability
        self.parts = parts
    }
}
