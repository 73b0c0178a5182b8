import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

/// The general form against every set and every sequence of records of small worlds.
@Suite struct GeneralCostTests {
    struct World: Sendable {
        let sizes: [[Int]]
        let weights: PassWeights
        var kept: [Int]?
        var orders: [[Int]]?
    }

    static let worlds = [
        World(sizes: [[2, 2, 2]], weights: .paper(epochs: 1, slices: 3)),
        World(sizes: [[3, 1], [0, 2], [1, 1]], weights: .trained(epochs: 1, slices: 2)),
        World(sizes: [[1, 0, 3], [2, 1, 1]], weights: PassWeights(earlier: 0.5, own: 1)),
        World(sizes: [[1, 2, 1, 1], [1, 0, 2, 0]], weights: PassWeights(earlier: 1.5, own: 1), kept: [1, 3]),
        World(sizes: [[1, 1, 2], [2, 1, 1]], weights: .paper(epochs: 3, slices: 3), kept: []),
        World(sizes: [[2, 1, 1], [1, 0, 3]], weights: .paper(epochs: 2, slices: 3), orders: [[0, 1, 2], [2, 0, 1]]),
        World(
            sizes: [[2, 1, 1], [1, 2, 1]], weights: PassWeights(earlier: 0.4, own: 1), kept: [1],
            orders: [[0, 1, 2], [2, 0, 1], [1, 2, 0]]),
        World(sizes: [[7]], weights: .paper(epochs: 2, slices: 1)),
        World(sizes: [[1], [1], [6]], weights: .paper(epochs: 1, slices: 1))
    ]

    @Test(arguments: worlds)
    func aBatchCostsTheMeanOverAllSets(world: World) {
        let cost = GeneralCost(slices: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        let defined = DefinedCost(sizes: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        #expect(abs(cost.full - defined.everything(without: [])) < 1e-9)
        for count in 1...cost.records {
            let (found, all) = (cost.batch(requests: count), defined.batch(count))
            #expect(abs(found.expected - all.mean) < 1e-9, "\(count): \(found) \(all)")
            if count == 1 { #expect(abs(found.standardError - all.deviation) < 1e-9) }
        }
        #expect(cost.batch(requests: 0).expected == 0 && cost.batch(requests: cost.records + 5).expected < 1e-9)
    }

    @Test(arguments: worlds)
    func requestsOneByOneCostTheMeanOverAllSequences(world: World) {
        let cost = GeneralCost(slices: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        let defined = DefinedCost(sizes: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        for count in 1...5 {
            let (found, all) = (cost.sequential(requests: count), defined.sequential(count))
            #expect(abs(found.expected - all.mean) < 1e-9, "\(count): \(found) \(all)")
            if count == 1 { #expect(abs(found.standardError - all.deviation) < 1e-9) }
        }
    }

    @Test(arguments: worlds)
    func aRestartAndATrainingCostWhatIsDefined(world: World) throws {
        let cost = GeneralCost(slices: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        let defined = DefinedCost(sizes: world.sizes, weights: world.weights, kept: world.kept, orders: world.orders)
        var mean = 0.0
        for (index, record) in defined.records.enumerated() {
            let known = defined.cost(gone: [], fresh: [index])
            #expect(abs(cost.restart(shard: record.shard, slice: record.slice) - known) < 1e-9)
            mean += defined.everything(without: [index]) / Double(cost.records)
        }
        #expect(abs(cost.full(without: 1) - mean) < 1e-9)
        #expect(abs(cost.full(without: 0) - cost.full) < 1e-12)
    }

    /// Within one shard every covariance is exact where no slice runs empty, also of several orders.
    @Test(arguments: [nil, [[0, 1, 2], [2, 0, 1]]] as [[[Int]]?])
    func theSpreadOfABatchIsThatOverAllSets(orders: [[Int]]?) {
        let (sizes, weights) = ([[5, 4, 5]], PassWeights(earlier: 0.7, own: 1.1))
        let cost = GeneralCost(slices: sizes, weights: weights, orders: orders)
        let defined = DefinedCost(sizes: sizes, weights: weights, orders: orders)
        for count in 1...3 {
            #expect(abs(cost.batch(requests: count).standardError - defined.batch(count).deviation) < 1e-9)
        }
        // Between shards it is a leading term.
        let three = [[4, 2], [2, 4], [3, 3]]
        let (spread, all) = (
            GeneralCost(slices: three, weights: weights).batch(requests: 3).standardError,
            DefinedCost(sizes: three, weights: weights).batch(3).deviation
        )
        #expect(abs(spread / all - 1) < 0.15, "\(spread) \(all)")
    }

    @Test func equalSlicesAreTheClosedForm() {
        let sizes = [[Int]](repeating: [Int](repeating: 250, count: 50), count: 20)
        let cost = GeneralCost(slices: sizes, weights: .paper(epochs: 2, slices: 50))
        let closed = SISACost(records: 250_000, shards: 20, slices: 50, epochs: 2)
        #expect(abs(cost.batch(requests: 8).expected - closed.batchWithoutReplacement(requests: 8)) < 1e-6)
        #expect(abs(cost.sequential(requests: 8).expected - closed.sequential(requests: 8)) < 1)
        #expect(abs(cost.full - closed.full()) < 1e-6)
    }

    /// Owners of records in several slices, each asking or not: over all subsets of owners.
    @Test(arguments: [nil, [1]] as [[Int]?])
    func ownersThatFireTogetherCostTheMeanOverAllSubsets(kept: [Int]?) {
        let sizes = [[4, 3, 5], [6, 2, 4]]
        let weights = PassWeights(earlier: 0.8, own: 1.2)
        let owned = [[0, 5, 11], [1, 2], [12, 20], [23], [4, 13, 18, 22]]
        let chances = [0.2, 0.5, 0.05, 1, 0.33]
        let defined = DefinedCost(sizes: sizes, weights: weights, kept: kept)
        let groups = zip(owned, chances).map { records, chance in
            RequestGroup(
                probability: chance,
                parts: records.map {
                    .init(shard: defined.records[$0].shard, slice: defined.records[$0].slice, records: 1)
                })
        }
        var mean = 0.0
        for subset in 0..<32 {
            var (chance, gone) = (1.0, Set<Int>())
            for index in 0..<5 {
                let fires = subset >> index & 1 == 1
                chance *= fires ? chances[index] : 1 - chances[index]
                if fires { gone.formUnion(owned[index]) }
            }
            if !gone.isEmpty { mean += chance * defined.cost(gone: [], fresh: gone) }
        }
        let cost = GeneralCost(slices: sizes, weights: weights, kept: kept)
        #expect(abs(cost.expected(groups: groups) - mean) < 1e-9)
        #expect(cost.expected(groups: []) == 0)
        // One record an owner with the same chance everywhere: the same as a chance for each slice.
        let each = sizes.enumerated().flatMap { shard, row in
            row.enumerated().flatMap { slice, count in
                (0..<count).map { _ in
                    RequestGroup(probability: 0.1, parts: [.init(shard: shard, slice: slice, records: 1)])
                }
            }
        }
        let hits = sizes.map { $0.map { 1 - pow(0.9, Double($0)) } }
        let gone = sizes.map { $0.map { 0.1 * Double($0) } }
        let bySlice = cost.expected(hitProbabilities: hits, records: gone)
        #expect(abs(cost.expected(groups: each) - bySlice) < 1e-9)
    }

    @Test func ascendingHitProbabilitiesAreTheBestOrder() {
        let chances = [0.3, 0.05, 0.2, 0.1]
        var costs: [[Int]: Double] = [:]
        for order in SliceOrders.cyclic(slices: 4, count: 24) {
            let cost = GeneralCost(slices: [[9, 9, 9, 9]], weights: .paper(epochs: 1, slices: 4), orders: [order])
            costs[order] = cost.expected(hitProbabilities: [chances], records: [[0, 0, 0, 0]])
        }
        #expect(costs.count == 24 && costs.min { $0.value < $1.value }?.key == [1, 3, 2, 0])
    }

    @Test func fewerKeptCheckpointsCostWhatTheirSpacingSays() {
        let weights = PassWeights.paper(epochs: 2, slices: 20)
        let kept = CheckpointSpacing.kept(slices: 20, slots: 5, weights: weights)
        let sizes = [[Int]](repeating: [Int](repeating: 10_000, count: 20), count: 3)
        let some = GeneralCost(slices: sizes, weights: weights, kept: kept).batch(requests: 1).expected
        let all = GeneralCost(slices: sizes, weights: weights).batch(requests: 1).expected
        let relative = CheckpointSpacing.relativeCost(slices: 20, kept: kept, weights: weights)
        #expect(abs(some / all - relative) < 1e-4)
    }
}
