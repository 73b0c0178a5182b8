import TestSupport
import Testing

@testable import Costs

@Suite struct DistributionAwareShardingTests {
    /// Three countries of one data set: their chances of a request, and their shares.
    static let records = 604_833
    static let countries = zip([3e-6, 3e-5, 6e-6], [0.7717, 0.1001, 0.1282]).map { chance, share in
        DistributionAwareSharding.Group(probability: chance, records: Int((Double(records) * share).rounded()))
    }

    @Test(arguments: [(0.2, 19), (0.195, 19), (0.1975, 19), (0.19, 20), (0.205, 18), (1.0, 4)])
    func theThreeCountriesGiveTheKnownNumberOfShards(limit: Double, count: Int) {
        let shards = DistributionAwareSharding.shards(Self.countries, limit: limit)
        #expect(shards.count == count)
        #expect(shards.allSatisfy { expected($0, Self.countries) < limit && !$0.isEmpty })
        #expect(shards.joined().reduce(0) { $0 + $1.records } == Self.countries.reduce(0) { $0 + $1.records })
    }

    @Test func theirSizesAreTheKnownOnes() {
        let shards = DistributionAwareSharding.shards(Self.countries, limit: 0.2)
        #expect(shards[0] == [.init(group: 0, records: 66_666)])
        #expect(shards[shards.count - 2] == [.init(group: 1, records: 6_666)])
        let sum = Self.countries.reduce(0) { $0 + $1.probability * Double($1.records) }
        #expect(abs(sum - 3.682) < 0.0005)
    }

    private func expected(_ shard: [DistributionAwareSharding.Run], _ groups: [DistributionAwareSharding.Group])
        -> Double
    {
        shard.reduce(0) { $0 + groups[$1.group].probability * Double($1.records) }
    }

    /// The algorithm row by row, with whole numbers for probabilities so that no sum is rounded.
    @Test(arguments: UInt64(0)..<60)
    func runsAreWhatRowsGive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let unit = 1.0 / 1024
        let groups = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
            DistributionAwareSharding.Group(
                probability: unit * Double(Int.random(in: 0...40, using: &generator)),
                records: Int.random(in: 0...60, using: &generator))
        }
        let limit = unit * Double(Int.random(in: 1...200, using: &generator))
        var rows: [(group: Int, p: Double)] = []
        for (index, group) in groups.enumerated().sorted(by: { ($0.1.probability, $0.0) < ($1.1.probability, $1.0) }) {
            rows += [(group: Int, p: Double)](repeating: (index, group.probability), count: group.records)
        }
        var (shards, open, sum) = ([[Int]](), [Int](), 0.0)
        for row in rows {
            if sum + row.p >= limit, !open.isEmpty {
                shards.append(open)
                (open, sum) = ([], 0)
            }
            open.append(row.group)
            sum += row.p
        }
        if !open.isEmpty { shards.append(open) }
        let found = DistributionAwareSharding.shards(groups, limit: limit)
            .map { $0.flatMap { [Int](repeating: $0.group, count: $0.records) } }
        #expect(found == shards)
    }

    @Test func endsOfTheRange() {
        #expect(DistributionAwareSharding.shards([], limit: 1).isEmpty)
        let never = DistributionAwareSharding.Group(probability: 0, records: 1_000_000_000)
        #expect(DistributionAwareSharding.shards([never], limit: 0.1) == [[.init(group: 0, records: 1_000_000_000)]])
        let sure = DistributionAwareSharding.Group(probability: 1, records: 3)
        #expect(DistributionAwareSharding.shards([sure], limit: 0.5).count == 3)
    }
}
