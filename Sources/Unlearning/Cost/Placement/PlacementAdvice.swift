/// How records of unlike groups should be placed: bands for a recipe, and what they save.
///
/// From numbers that a person gives and freezes as configuration, so the plan does not depend on the records themselves.
package struct PlacementAdvice: Sendable {
    package struct Group: Sendable, Equatable {
        package let name: String
        package let records: Int
        /// Of each record to be deleted within a window, by itself.
        package let probability: Double

        package init(name: String, records: Int, probability: Double) {
            self.name = name
            self.records = records
            self.probability = probability
        }

        var expectedRequests: Double { Double(records) * probability }
    }

    /// A way to place them.
    package struct Option: Sendable {
        package let name: String
        package let shards: Int
        /// Empty: uniform.
        package let bands: [Recipe.Band]
        /// Record-passes of a window's requests, answered together.
        package let expectedRecordPasses: Double
    }

    package let groups: [Group]
    /// The first is uniform; all have the same number of shards.
    package let options: [Option]
    /// Of algorithm 1: how many shards it makes of these records, and how many records each has.
    package let algorithmShards: [Int]

    package var best: Option {
        options.dropFirst().reduce(options[0]) { $1.expectedRecordPasses < $0.expectedRecordPasses ? $1 : $0 }
    }

    /// `limit`: Requests that a shard of algorithm 1 may expect in a window; nil: so many that there are about `shards` of them.
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

    /// Every shard holds all groups, those that are likely to lose records in its last slices: ascending is optimal for equal slices.
    private static func bandsOfSlices(_ groups: [Group], slices: Int) -> [Recipe.Band] {
        bands(groups.map { ($0, nil) }, ranges(groups.map { Double($0.records) }, of: slices))
    }

    /// Groups have shards of their own, as many as they expect requests for, and neighbours share one where they expect few.
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
