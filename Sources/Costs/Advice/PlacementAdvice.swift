internal import Foundation
package import Unlearning

/// How records of unlike groups should be placed: bands for a recipe, and what they save.
///
/// From numbers that a person gives and freezes as configuration, so the plan does not depend on the records
/// themselves.
package struct PlacementAdvice: Sendable {
    /// Records that are equally likely to be deleted.
    package struct Group: Sendable, Equatable {
        /// The group's name.
        package let name: String
        /// How many records it has.
        package let records: Int
        /// Of each record to be deleted within a window, by itself.
        package let probability: Double

        /// A group.
        package init(name: String, records: Int, probability: Double) {
            self.name = name
            self.records = records
            self.probability = probability
        }

        var expectedRequests: Double { Double(records) * probability }
    }

    /// A way to place them.
    package struct Option: Sendable {
        /// What people call it.
        package let name: String
        /// The number of shards.
        package let shards: Int
        /// Empty: uniform.
        package let bands: [Recipe.Band]
        /// Record-passes of a window's requests, answered together.
        package let expectedRecordPasses: Double
    }

    /// The groups by probability, then by name.
    package let groups: [Group]
    /// The first is uniform; all have the same number of shards.
    package let options: [Option]
    /// Of algorithm 1: how many shards it makes of these records, and how many records each has.
    package let algorithmShards: [Int]

    /// The option with the least expected record-passes; of equal ones the first.
    package var best: Option {
        options.dropFirst().reduce(options[0]) { $1.expectedRecordPasses < $0.expectedRecordPasses ? $1 : $0 }
    }

    /// `limit`: Requests that a shard of algorithm 1 may expect in a window; nil: so many that there are about `shards`
    /// of them.
    package init(_ groups: [Group], shards: Int, slices: Int, epochs: Double, limit: Double? = nil) {
        // By probability, then by name: the order in which they were given decides nothing.
        let groups = groups.sorted { ($0.probability, $0.name) < ($1.probability, $1.name) }
        self.groups = groups
        let requests = groups.reduce(0) { $0 + $1.expectedRequests }
        let limit = limit ?? (requests > 0 ? requests / Double(shards) : 1)
        algorithmShards = DistributionAwareSharding.shards(
            groups.map { .init(probability: $0.probability, records: $0.records) }, limit: limit
        ).map { $0.reduce(0) { $0 + $1.records } }
        let cost = PlacementCost(
            groups: groups, shards: shards, slices: slices,
            weights: .trained(epochs: epochs, slices: slices))
        var options: [(String, [Recipe.Band])] = [("uniform", [])]
        options.append(("slices by probability", Self.bandsOfSlices(groups, slices: slices)))
        let byShards = Self.bandsOfShards(groups, shards: shards)
        options.append(("shards by probability", byShards.map(\.band)))
        options.append(("shards and slices by probability", Self.bandsOfBoth(byShards, groups, slices: slices)))
        self.options = options.map { name, bands in
            Option(name: name, shards: shards, bands: bands, expectedRecordPasses: cost.expected(bands))
        }
    }

    /// Every shard holds all groups, those that are likely to lose records in its last slices: ascending is optimal for
    /// equal slices.
    private static func bandsOfSlices(_ groups: [Group], slices: Int) -> [Recipe.Band] {
        bands(groups.map { ($0, nil) }, ranges(groups.map { Double($0.records) }, of: slices))
    }

    /// Groups have shards of their own, as many as they expect requests for, and neighbours share one where they expect
    /// few.
    private static func bandsOfShards(
        _ groups: [Group], shards: Int
    ) -> [(band: Recipe.Band, members: [Group])] {
        let ranges = ranges(groups.map(\.expectedRequests), of: shards)
        return groups.indices.map { index in
            (
                Recipe.Band(
                    groups: index == groups.count - 1 ? nil : [groups[index].name], shards: ranges[index],
                    probability: groups[index].probability),
                groups.indices.filter { ranges[$0].overlaps(ranges[index]) }.map { groups[$0] }
            )
        }
    }

    /// The same, and where groups share shards, each its own slices there.
    private static func bandsOfBoth(
        _ bands: [(band: Recipe.Band, members: [Group])], _ groups: [Group], slices: Int
    ) -> [Recipe.Band] {
        bands.enumerated().map { index, entry in
            var band = entry.band
            guard entry.members.count > 1, let place = entry.members.firstIndex(of: groups[index]) else { return band }
            band.slices = ranges(entry.members.map { Double($0.records) }, of: slices)[place]
            return band
        }
    }

    private static func bands(_ groups: [(Group, Range<Int>?)], _ slices: [Range<Int>]) -> [Recipe.Band] {
        groups.indices.map { index in
            Recipe.Band(
                groups: index == groups.count - 1 ? nil : [groups[index].0.name], shards: groups[index].1,
                slices: slices[index], probability: groups[index].0.probability)
        }
    }

    /// Cuts 0..<count into ranges in proportion to weights, none empty: light neighbours get the same place.
    static func ranges(_ weights: [Double], of count: Int) -> [Range<Int>] {
        let total = weights.reduce(0, +)
        guard total > 0 else { return weights.map { _ in 0..<count } }
        var before = 0.0
        return weights.map { weight in
            let (from, to) = (before / total * Double(count), (before + weight) / total * Double(count))
            before += weight
            let first = min(count - 1, Int(from.rounded()))
            return first..<max(first + 1, min(count, Int(to.rounded())))
        }
    }
}

/// What a window's requests are expected to cost, for groups of unlike probability in bands.
struct PlacementCost {
    let groups: [PlacementAdvice.Group]
    let shards: Int
    let slices: Int
    let weights: PassWeights

    /// Each record goes by itself with its group's probability; a band's records are spread over its cells as the keyed
    /// hash does it on the average. `bands`: As in a recipe; empty: uniform.
    func expected(_ bands: [Recipe.Band]) -> Double {
        var counts = [[Double]](repeating: [Double](repeating: 0, count: slices), count: shards)
        var (missed, gone) = (counts, counts)
        let bands = BandIndex(bands)
        for group in groups {
            let band = bands[group.name]
            let (shardRange, sliceRange) = (band?.shards ?? 0..<shards, band?.slices ?? 0..<slices)
            let each = Double(group.records) / Double(shardRange.count * sliceRange.count)
            for shard in shardRange {
                for slice in sliceRange {
                    counts[shard][slice] += each
                    missed[shard][slice] += each * log1p(-group.probability)
                    gone[shard][slice] += each * group.probability
                }
            }
        }
        let cost = GeneralCost(slices: counts.map { $0.map { Int($0.rounded()) } }, weights: weights)
        return cost.expected(hitProbabilities: missed.map { $0.map { -expm1($0) } }, records: gone)
    }
}

/// Shards of which none expects more than a given number of requests (Bourtoule et al. 2021, algorithm 1).
///
/// Records are taken in the order of their deletion probability, and a shard is closed before its sum reaches the
/// limit. Groups of equal probability are taken as runs, so the cost is that of the shards, not of the records.
package enum DistributionAwareSharding {
    /// Records that share one deletion probability.
    package struct Group: Sendable, Equatable {
        /// The chance of each record, from 0 to 1.
        package let probability: Double
        /// How many records share it.
        package let records: Int

        /// A group of records.
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
        /// How many of the group's records.
        package let records: Int
    }

    /// `limit`: C, requests that a shard may expect over the window; each stays below it, but for one of a single
    /// record that reaches it alone.
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

    /// The most records of probability p, up to `left`, that keep a shard's sum below the limit; at least one in an
    /// empty shard.
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
