import Foundation
import Testing

@testable import Costs
@testable import Unlearning

/// Who is asked for, and when.
@Suite struct SimulationStreamTests {
    private static func settings(
        _ law: RequestLaw, records: Int, shards: Int = 4, slices: Int = 5,
        volume: SimulationSettings.Volume, placement: SimulatedPlacement.Kind = .equal,
        arrivals: SimulationSettings.Arrivals = .poisson, repeats: SimulationSettings.Repeats = .redraw,
        seed: UInt64 = 1
    ) throws -> SimulationSettings {
        try SimulationSettings(
            .init(records: records, shards: shards, slices: slices), weights: .paper(epochs: 1, slices: slices),
            law: law, volume: volume, arrivals: arrivals, repeats: repeats, placement: placement, seed: seed)
    }

    private static let laws: [RequestLaw] = [
        .uniform, .exponential(rate: nil), .exponential(rate: 0.5), .pareto(shape: 1.16), .aged(halfLife: 0.1),
        .adversarial, .owners(shape: 1.16)
    ]

    /// A record that came twice would take its cell below zero.
    @Test(arguments: laws, [SimulatedPlacement.Kind.equal, .hashed, .ordered, .owners])
    func askingForEveryRecordEmptiesEveryCell(law: RequestLaw, placement: SimulatedPlacement.Kind) throws {
        let isOwners = if case .owners = law { true } else { false }
        if placement == .owners, !isOwners { return }
        let settings = try Self.settings(law, records: 997, volume: .init(requests: 997), placement: placement)
        let stream = RequestStream(settings, run: 3)
        var sizes = stream.sizes
        #expect(sizes.reduce(0, +) == 997)
        for cell in stream.cells { sizes[Int(cell)] -= 1 }
        #expect(sizes.allSatisfy { $0 == 0 })
        #expect(stream.starts.count == stream.count + 1)
        #expect(stream.starts.last == stream.cells.count)
        #expect(stream.count + stream.ignored == 997)
        #expect(isOwners || stream.ignored == 0)
    }

    @Test func equalCellsDifferByOneAtMost() throws {
        let stream = RequestStream(try Self.settings(.uniform, records: 1234, volume: .init(requests: 1)), run: 0)
        #expect(try #require(stream.sizes.max()) - #require(stream.sizes.min()) <= 1)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 1000]) func aShuffleIsAPermutation(count: Int) {
        let shuffle = RecordShuffle(count: count, key: 7)
        #expect(Set((0..<count).map { shuffle($0) }) == Set(0..<count))
    }

    /// Four records with weights 8 to 1: how often each is first and second, against the urn, counted out.
    @Test(arguments: [SimulationSettings.Repeats.redraw, .ignore])
    func weightedRecordsAreDrawnAsFromAnUrn(repeats: SimulationSettings.Repeats) throws {
        let weights = [8.0, 4, 2, 1]
        let runs = 8000
        var pairs = [Int](repeating: 0, count: 16)
        for run in 0..<runs {
            let settings = try Self.settings(
                .exponential(rate: log(2)), records: 4, shards: 1, slices: 4, volume: .init(requests: 2),
                placement: .ordered, repeats: repeats)
            let cells = RequestStream(settings, run: run).cells
            pairs[Int(cells[0]) * 4 + (cells.count > 1 ? Int(cells[1]) : Int(cells[0]))] += 1
        }
        for first in 0..<4 {
            for second in 0..<4 {
                let left = repeats == .redraw ? 15 - weights[first] : 15
                let chance = weights[first] / 15 * (first == second && repeats == .redraw ? 0 : weights[second] / left)
                let deviation = (Double(runs) * chance * (1 - chance)).squareRoot()
                #expect(abs(Double(pairs[first * 4 + second]) - Double(runs) * chance) <= 4.5 * deviation)
            }
        }
    }

    /// With one shard and a slice for each record in the order of their numbers, cells are numbers of records.
    private static func numbers(_ law: RequestLaw, requests: Int) throws -> [Int] {
        let settings = try Self.settings(
            law, records: 2000, shards: 1, slices: 2000, volume: .init(requests: requests), placement: .ordered,
            repeats: .ignore)
        return RequestStream(settings, run: 0).cells.map { Int($0) }
    }

    @Test func popularityFollowsItsLaw() throws {
        // The chance of the first 200 records, by the sums of the definitions.
        func share(_ weight: (Double) -> Double) -> Double {
            let all = (0..<2000).map { weight(Double($0)) }
            return all[..<200].reduce(0, +) / all.reduce(0, +)
        }
        let laws: [(RequestLaw, Double)] = [
            (.exponential(rate: nil), share { exp(log(0.05) / 2000 * $0) }),
            (.exponential(rate: 0.01), share { exp(-0.01 * $0) }),
            (.pareto(shape: 0.1), share { pow($0 + 1, -1.1) }),
            (.aged(halfLife: 0.25), share { exp2(-(1999 - $0) / 500) })
        ]
        for (law, expected) in laws {
            var hits = 0
            let runs = 1000
            for run in 0..<runs {
                let settings = try Self.settings(
                    law, records: 2000, shards: 1, slices: 2000, volume: .init(requests: 1), placement: .ordered)
                if RequestStream(settings, run: run).cells[0] < 200 { hits += 1 }
            }
            let deviation = (expected * (1 - expected) * Double(runs)).squareRoot()
            #expect(abs(Double(hits) - expected * Double(runs)) < 4.5 * deviation, "\(law)")
        }
    }

    @Test func recentRecordsAreAskedForFirst() throws {
        let numbers = try Self.numbers(.aged(halfLife: 0.05), requests: 500)
        let newest = numbers.count { $0 >= 1000 }
        #expect(newest > numbers.count * 9 / 10)
    }

    /// The chance of k records or more is k^-shape: a quarter of all owners has two or more at shape 2.
    @Test func ownersHaveAHeavyTail() throws {
        let settings = try Self.settings(
            .owners(shape: 2), records: 200_000, shards: 1, slices: 1, volume: .init(requests: 20_000))
        let stream = RequestStream(settings, run: 0)
        let sizes = (0..<stream.count).map { stream.records(of: $0).count }
        for (least, chance) in [(2, 0.25), (3, 1 / 9.0), (5, 0.04)] {
            let found = Double(sizes.count { $0 >= least }) / Double(sizes.count)
            #expect(abs(found - chance) < 0.015)
        }
    }

    @Test func ownersArePlacedTogetherWhereAsked() throws {
        let settings = try Self.settings(
            .owners(shape: 1.16), records: 10_000, volume: .init(requests: 500), placement: .owners)
        let stream = RequestStream(settings, run: 0)
        #expect((0..<stream.count).allSatisfy { Set(stream.records(of: $0)).count == 1 })
        #expect((0..<stream.count).contains { stream.records(of: $0).count > 1 })
    }

    @Test func anAdversaryTakesEveryShardsFirstSliceRoundAfterRound() throws {
        let settings = try Self.settings(.adversarial, records: 100, shards: 4, slices: 5, volume: .init(requests: 40))
        let cells = RequestStream(settings, run: 0).cells.map { Int($0) }
        #expect(cells.enumerated().allSatisfy { $1 / 5 == $0 % 4 })
        // Five records in every cell: five rounds in the first slice, then the second.
        #expect(cells.prefix(20).allSatisfy { $0 % 5 == 0 })
        #expect(cells.suffix(20).allSatisfy { $0 % 5 == 1 })
    }

    @Test func evenRequestsComeAtEqualDistances() throws {
        let settings = try Self.settings(
            .uniform, records: 100, volume: .init(requests: 4, seconds: 80), arrivals: .even)
        #expect(RequestStream(settings, run: 0).times == [10, 30, 50, 70])
    }

    @Test func poissonCountsHaveTheirMeanAsVariance() throws {
        let settings = try Self.settings(.uniform, records: 10_000, volume: .init(perDay: 50, seconds: 86_400))
        let counts = (0..<2000).map { Double(RequestStream(settings, run: $0).count) }
        let mean = counts.reduce(0, +) / 2000
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999
        #expect(abs(mean - 50) < 4 * (50 / 2000.0).squareRoot())
        #expect(abs(variance - 50) < 4 * 50 * (2 / 1999.0).squareRoot())
    }

    @Test func timesAscendAndLieWithinTheDuration() throws {
        for arrivals in SimulationSettings.Arrivals.allCases {
            let settings = try Self.settings(
                .uniform, records: 1000, volume: .init(requests: 300, seconds: 1000), arrivals: arrivals)
            let times = RequestStream(settings, run: 0).times
            #expect(times.count == 300)
            #expect(times == times.sorted())
            #expect(times.allSatisfy { $0 > 0 && $0 < 1000 })
        }
    }
}
