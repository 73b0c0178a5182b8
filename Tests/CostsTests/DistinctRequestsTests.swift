import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

/// The closed forms for different records: against every case of small worlds, random streams, and the simulator.
@Suite struct DistinctRequestsTests {
    private static let shapes = [(s: 2, r: 2, n: 2), (s: 1, r: 3, n: 2), (s: 3, r: 1, n: 2), (s: 1, r: 6, n: 1)]

    @Test(arguments: shapes)
    func oneByOneEverySequenceOfRecordsIsTheMean(shape: (s: Int, r: Int, n: Int)) {
        let sizes = [[Int]](repeating: [Int](repeating: shape.n, count: shape.r), count: shape.s)
        let count = shape.s * shape.r * shape.n
        for weights in [PassWeights.paper(epochs: 2, slices: shape.r), PassWeights(earlier: 0.3, own: 1)] {
            let defined = DefinedCost(sizes: sizes, weights: weights)
            let cost = SISACost(records: count, shards: shape.s, slices: shape.r, weights: weights)
            for k in 1...min(count, 7) {
                let found = cost.sequentialWithoutReplacement(requests: Double(k))
                #expect(abs(found - defined.sequential(k).mean) < 1e-9, "K=\(k)")
            }
        }
    }

    @Test(arguments: shapes)
    func aBatchAfterOthersEveryCaseOfBothIsTheMean(shape: (s: Int, r: Int, n: Int)) {
        let sizes = [[Int]](repeating: [Int](repeating: shape.n, count: shape.r), count: shape.s)
        let weights = PassWeights(earlier: 0.6, own: 1)
        let defined = DefinedCost(sizes: sizes, weights: weights)
        let count = defined.records.count
        let cost = SISACost(records: count, shards: shape.s, slices: shape.r, weights: weights)
        // Every record stays (0), went before (1), or is asked for (2).
        var sums: [[Int]: (cost: Double, cases: Double)] = [:]
        for number in 0..<(0..<count).reduce(1, { product, _ in product * 3 }) {
            var (rest, states) = (number, [Int]())
            for _ in 0..<count {
                states.append(rest % 3)
                rest /= 3
            }
            let (gone, fresh) = (states.indices.filter { states[$0] == 1 }, states.indices.filter { states[$0] == 2 })
            if fresh.isEmpty { continue }
            let sum = sums[[gone.count, fresh.count]] ?? (0, 0)
            sums[[gone.count, fresh.count]] = (
                sum.cost + defined.cost(gone: Set(gone), fresh: Set(fresh)), sum.cases + 1
            )
        }
        #expect(sums.count == count * (count + 1) / 2)
        for (key, sum) in sums {
            let found = DistinctRequests(cost, requests: Double(key[1])).passes(after: Double(key[0]))
            #expect(abs(found - sum.cost / sum.cases) < 1e-9, "\(key)")
        }
    }

    /// Streams that take most records, priced by definition at every K: the forms for different records are theirs, the
    /// printed one is not.
    @Test(arguments: [(210, 7, 3, 4.0), (240, 4, 10, 1), (120, 1, 12, 2)])
    func aStreamThatTakesMostRecordsCostsWhatDifferentRecordsCost(n: Int, s: Int, r: Int, epochs: Double) {
        let weights = PassWeights.paper(epochs: epochs, slices: r)
        let sizes = [[Int]](repeating: [Int](repeating: n / s / r, count: r), count: s)
        let cost = SISACost(records: n, shards: s, slices: r, weights: weights)
        var stream = CostStream(sizes: sizes, weights: weights, skipsEmpty: true, seed: UInt64(n))
        var found = [(batch: RunningMean, sequential: RunningMean)](repeating: (RunningMean(), RunningMean()), count: n)
        for _ in 0..<20_000 {
            stream.run(n) { request, batch, sequential in
                found[request - 1].batch.add(batch)
                found[request - 1].sequential.add(sequential)
            }
        }
        for k in [1, n / 10, n / 2, n * 5 / 7, n - 1, n] {
            let (request, found) = (Double(k), found[k - 1])
            let (batch, sequential) = (
                cost.batchWithoutReplacement(requests: request), cost.sequentialWithoutReplacement(requests: request)
            )
            #expect(abs(batch - found.batch.mean) <= 4 * found.batch.standardError + 1e-9 * cost.full(), "K=\(k)")
            #expect(abs(sequential - found.sequential.mean) <= 4 * found.sequential.standardError, "K=\(k)")
            if k >= n / 2 {
                let printed = cost.sequential(requests: request)
                #expect(abs(printed - found.sequential.mean) > 4 * found.sequential.standardError, "K=\(k)")
            }
        }
    }

    /// The general form has slices of any whole sizes, and adds up each request by itself.
    @Test func equalSlicesAreTheGeneralForm() {
        for (n, s, r) in [(210, 7, 3), (40, 2, 20), (5000, 10, 10)] {
            let weights = PassWeights(earlier: 0.8, own: 1)
            let sizes = [[Int]](repeating: [Int](repeating: n / s / r, count: r), count: s)
            let (closed, general) = (
                SISACost(records: n, shards: s, slices: r, weights: weights),
                GeneralCost(slices: sizes, weights: weights)
            )
            for k in [1, n / 3, n / 2, n - 1] where k <= 256 {
                let (batch, sequential) = (
                    closed.batchWithoutReplacement(requests: Double(k)),
                    closed.sequentialWithoutReplacement(requests: Double(k))
                )
                #expect(abs(batch - general.batch(requests: k).expected) < 1e-9 * general.full)
                #expect(abs(sequential - general.sequential(requests: k).expected) < 1e-9 * general.full * Double(k))
            }
        }
    }

    @Test func theSimulatorSpendsWhatDifferentRecordsCost() throws {
        for policy in [RepairPolicy.immediate, .count(30)] {
            let shape = SimulationSettings.Shape(records: 210, shards: 7, slices: 3, epochs: 4)
            let settings = try SimulationSettings(
                shape, weights: .paper(epochs: 4, slices: 3), law: .uniform, volume: .init(requests: 150),
                policy: policy,
                service: .init(secondsPerPass: 0), runs: 4000)
            let simulation = Simulation(settings)
            let observed = try #require(simulation.estimate { $0.recordPasses })
            // A 95 % interval, twice as wide: four standard errors.
            let (low, high) = try #require(observed.interval.map { ($0.lowerBound, $0.upperBound) })
            let distinct = try #require(simulation.expectedDistinctRecordPasses)
            #expect(abs(distinct - observed.mean) < high - low)
            #expect(abs(try #require(simulation.expectedRecordPasses) - observed.mean) > high - low)
        }
    }

    @Test func oneRequestOrNoneIsTheSameInBothForms() {
        let cost = SISACost(records: 25_000, shards: 20, slices: 50)
        #expect(cost.sequentialWithoutReplacement(requests: 0) == 0 && cost.batchWithoutReplacement(requests: 0) == 0)
        let single = cost.sequential(requests: 1)
        #expect(abs(cost.sequentialWithoutReplacement(requests: 1) - single) < 1e-9 * single)
        #expect(abs(cost.batchWithoutReplacement(requests: 1) - single) < 1e-9 * single)
        #expect(SISACost(records: 1, shards: 1, slices: 2).sequentialWithoutReplacement(requests: 1) == 0)
    }
}
