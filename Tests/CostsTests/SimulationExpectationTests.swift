import Foundation
import Testing

@testable import Costs
@testable import Unlearning

/// The simulator against the closed forms, written here once more, where repairs take no time.
@Suite struct SimulationExpectationTests {
    /// Shares of the stages that K requests reach, weighted by what the stages train; J and Q are made of it.
    private static func reached(_ shape: SimulationSettings.Shape, requests: Double) -> Double {
        let (shards, slices) = (Double(shape.shards), Double(shape.slices))
        var sum = 0.0
        for j in stride(from: 1, through: slices, by: 1) { sum += j * (1 - pow(1 - j / (shards * slices), requests)) }
        return sum * 2 / (slices * (slices + 1))
    }

    private static func simulated(
        _ shape: SimulationSettings.Shape, requests: Int, policy: RepairPolicy,
        placement: SimulatedPlacement.Kind = .equal
    ) throws -> Simulation {
        let settings = try SimulationSettings(
            shape, weights: .paper(epochs: shape.epochs, slices: shape.slices), law: .uniform,
            volume: .init(requests: requests), placement: placement, policy: policy,
            service: .init(secondsPerPass: 0), runs: 400)
        return Simulation(settings)
    }

    /// Of the mean of all runs.
    private static func standardErrors(_ simulation: Simulation, from expected: Double) -> Double {
        let values = simulation.runs.map(\.recordPasses)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        return abs(mean - expected) / (variance / Double(values.count)).squareRoot()
    }

    private static let shapes: [(SimulationSettings.Shape, Int)] = [
        (.init(records: 25_000, shards: 20, slices: 50), 8), (.init(records: 10_000, shards: 10, slices: 5), 3),
        (.init(records: 10_000, shards: 10, slices: 1, epochs: 2), 30),
        (.init(records: 20_000, shards: 5, slices: 8, epochs: 0.5), 40),
        (.init(records: 10_000, shards: 1, slices: 10), 5)
    ]

    @Test(arguments: 0..<5, [SimulatedPlacement.Kind.equal, .hashed, .ordered])
    func aBatchCostsJ(index: Int, placement: SimulatedPlacement.Kind) throws {
        let (shape, requests) = Self.shapes[index]
        let simulation = try Self.simulated(shape, requests: requests, policy: .count(requests), placement: placement)
        let n = Double(shape.records)
        let expected = shape.epochs * (n * Self.reached(shape, requests: Double(requests)) - Double(requests))
        #expect(Self.standardErrors(simulation, from: expected) < 4)
        let reported = try #require(simulation.expectedRecordPasses)
        #expect(abs(reported - expected) <= 1e-9 * expected)
    }

    @Test(arguments: 0..<5, [SimulatedPlacement.Kind.equal, .hashed, .ordered])
    func oneByOneCostsQ(index: Int, placement: SimulatedPlacement.Kind) throws {
        let (shape, requests) = Self.shapes[index]
        let simulation = try Self.simulated(shape, requests: requests, policy: .immediate, placement: placement)
        let (n, k, s, r) = (Double(shape.records), Double(requests), Double(shape.shards), Double(shape.slices))
        let expected = shape.epochs * ((2 / 3 + 1 / (3 * r)) * (k * n / s - k * (k - 1) / (2 * s)) - k)
        #expect(Self.standardErrors(simulation, from: expected) < 4)
        let reported = try #require(simulation.expectedRecordPasses)
        #expect(abs(reported - expected) <= 1e-9 * expected)
    }

    /// Batches from a corpus that shrinks, of which a batch is a large part: only different records give this.
    @Test(arguments: [RepairPolicy.count(100), .window(2_000_000)])
    func batchesOfASmallCorpusCostWhatDifferentRecordsCost(policy: RepairPolicy) throws {
        let shape = SimulationSettings.Shape(records: 1200, shards: 20, slices: 6)
        let simulation = try Self.simulated(shape, requests: 600, policy: policy)
        let expected = try #require(simulation.expectedDistinctRecordPasses)
        #expect(Self.standardErrors(simulation, from: expected) < 4)
        let drawnAgain = try #require(simulation.expectedRecordPasses)
        #expect(Self.standardErrors(simulation, from: drawnAgain) > 4)
    }

    @Test func trainedWeightsAreCountedInBoth() throws {
        let shape = SimulationSettings.Shape(records: 100_000, shards: 10, slices: 20)
        let weights = PassWeights.trained(epochs: 1, slices: 20)
        let settings = try SimulationSettings(
            shape, weights: weights, law: .uniform, volume: .init(requests: 12), policy: .count(12),
            service: .init(secondsPerPass: 0), runs: 400)
        let simulation = Simulation(settings)
        let cell = 100_000.0 / 200
        var stages = 0.0
        for j in stride(from: 0.0, to: 20, by: 1) {
            stages += 10 * cell * (weights.own + weights.earlier * j) * (1 - pow(1 - (j + 1) / 200, 12))
        }
        let expected = stages - 12 * (weights.own + weights.earlier * 19 / 2)
        #expect(Self.standardErrors(simulation, from: expected) < 4)
        #expect(try abs(#require(simulation.expectedRecordPasses) - expected) <= 1e-9 * expected)
    }

    /// A shard with a worker of its own and no restarts: half of COST's x / (1 + x) is a rule for the quiet, so lightly
    /// loaded here.
    @Test func theShareOfDegradedTimeIsNearItsFormula() throws {
        let settings = try SimulationSettings(
            .init(records: 100_000, shards: 20, slices: 1), weights: .paper(epochs: 1, slices: 1), law: .uniform,
            volume: .init(requests: 2000, seconds: 1e6), service: .init(workers: 20, secondsPerPass: 0.01))
        let simulation = Simulation(settings)
        let share = try #require(simulation.estimate { $0.degradedShare }).mean
        let formula = try #require(simulation.approximateDegradedShare)
        #expect(abs(share - formula) < 0.05 * formula)
    }

    @Test func whereNoFormulaFitsThereIsNoneAndAReason() throws {
        for (law, policy) in [(RequestLaw.adversarial, RepairPolicy.immediate), (.uniform, .deadline(3600))] {
            let settings = try SimulationSettings(
                .init(records: 1000, shards: 5, slices: 2), weights: .paper(epochs: 1, slices: 2), law: law,
                volume: .init(requests: 10), policy: policy, runs: 2)
            let simulation = Simulation(settings)
            #expect(simulation.expectedRecordPasses == nil)
            #expect(simulation.fractionOfFullRetrain == nil)
            #expect(simulation.noExpectation != nil)
        }
    }
}
