import Foundation
import Testing

@testable import Charts
@testable import Costs
@testable import Unlearning

/// Runs as a whole: what must hold of every one.
@Suite struct SimulationTests {
    private static func settings(
        _ policy: RepairPolicy, law: RequestLaw = .uniform, isInstant: Bool = false, workers: Int = 1, runs: Int = 3,
        seed: UInt64 = 1
    ) throws -> SimulationSettings {
        try SimulationSettings(
            .init(records: 5000, shards: 8, slices: 4), weights: .trained(epochs: 1, slices: 4), law: law,
            volume: .init(requests: 400, seconds: 400_000), policy: policy,
            service: .init(
                workers: workers, secondsPerPass: isInstant ? 0 : 1, secondsPerRepair: isInstant ? 0 : 20),
            runs: runs, seed: seed)
    }

    private static let policies: [RepairPolicy] = [.immediate, .count(7), .window(5000), .deadline(8000)]

    @Test(arguments: policies) func theSeedDecidesAndThreadsDoNot(policy: RepairPolicy) throws {
        func passes(_ seed: UInt64, threads: Int) throws -> [[Double]] {
            Simulation(try Self.settings(policy, law: .pareto(shape: 1.16), seed: seed), threads: threads).runs.map {
                [$0.recordPasses, $0.queueTimeMean, $0.waits?.mean ?? -1, Double($0.restarts)]
            }
        }
        let once = try passes(7, threads: 1)
        #expect(try passes(7, threads: 1) == once)
        #expect(try passes(7, threads: 3) == once)
        #expect(try passes(8, threads: 1) != once)
        #expect(Set(once).count == once.count)
    }

    /// Every request ends once; waits add up to the area under the queue (Little's law); nothing is lost but what was
    /// deleted.
    @Test(arguments: policies, [RequestLaw.uniform, .owners(shape: 1.16), .adversarial])
    func whatIsCountedAddsUp(policy: RepairPolicy, law: RequestLaw) throws {
        let settings = try Self.settings(policy, law: law, workers: 2)
        let stream = RequestStream(settings, run: 0)
        var simulator = RepairSimulator(settings, stream: stream, points: 50)
        let meter = simulator.run()
        #expect(meter.completed == stream.count)
        #expect(meter.repairSeconds.allSatisfy { $0 >= 0 })
        #expect(meter.queue == 0)
        #expect(meter.shardsDegraded == 0)
        #expect(simulator.sizes.reduce(0, +) == 5000 - stream.cells.count)
        let waits = meter.repairSeconds.reduce(0, +)
        #expect(abs(waits - meter.queueSeconds) <= 1e-9 * waits)
        #expect(meter.wastedPasses <= meter.recordPasses)
        #expect(meter.repairs <= stream.cells.count)
        let series = meter.series
        #expect(series.count == 52)
        #expect(zip(series, series.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(zip(series, series.dropFirst()).allSatisfy { $0.recordPasses <= $1.recordPasses + 1e-6 })
        #expect(series.last?.recordPasses == meter.recordPasses)
        #expect(series.last?.requests == stream.count)
        #expect(series.last?.queue == 0)
        // The means of the steps add up to the area under the queue.
        let area = zip(series, series.dropFirst()).reduce(0) { $0 + $1.1.queueMean * ($1.1.time - $1.0.time) }
        #expect(abs(area - meter.queueSeconds) <= 1e-9 * area)
    }

    /// A theorem where repairs take no time: a batch trains from its lowest slice, on no more than the costliest of its
    /// requests would.
    @Test(arguments: [
        RequestLaw.uniform, .owners(shape: 1.16), .adversarial, .aged(halfLife: 0.1), .exponential(rate: nil)
    ])
    func batchesNeverCostMoreThanRepairingAtOnce(law: RequestLaw) throws {
        func passes(_ policy: RepairPolicy) throws -> [Double] {
            Simulation(try Self.settings(policy, law: law, isInstant: true, runs: 5)).runs.map(\.recordPasses)
        }
        let immediate = try passes(.immediate)
        for policy in [RepairPolicy.count(2), .count(20), .window(3000), .window(100_000), .deadline(50_000)] {
            let pairs = zip(try passes(policy), immediate)
            // Sums of the same numbers in another order.
            #expect(pairs.allSatisfy { $0 <= $1 * (1 + 1e-12) }, "\(policy)")
            if policy == .window(100_000) { #expect(pairs.allSatisfy { $0 < $1 / 2 }) }
        }
    }

    @Test func aBatchOfOneIsImmediate() throws {
        let immediate = Simulation(try Self.settings(.immediate)).runs
        let single = Simulation(try Self.settings(.count(1))).runs
        #expect(immediate.map(\.recordPasses) == single.map(\.recordPasses))
        #expect(immediate.map(\.waits?.mean) == single.map(\.waits?.mean))
    }

    @Test func aDeadlineIsKeptWhereNothingForcesARestart() throws {
        let settings = try SimulationSettings(
            .init(records: 5000, shards: 40, slices: 4), weights: .trained(epochs: 1, slices: 4), law: .uniform,
            volume: .init(requests: 300, seconds: 4_000_000), policy: .deadline(50_000),
            service: .init(secondsPerPass: 1))
        let runs = Simulation(settings).runs
        let calm = runs.filter { $0.restarts == 0 }
        #expect(calm.count > 2)
        #expect(calm.allSatisfy { $0.late == 0 })
        // It waits as long as it may.
        #expect(calm.allSatisfy { ($0.waits?.max ?? 0) > 49_999 })
    }

    @Test func aDeadlineThatNobodyCanKeepIsTold() throws {
        let late = Simulation(try Self.settings(.deadline(1))).runs.map(\.late)
        #expect(late.allSatisfy { $0 == 400 })
    }

    @Test func oneRunHasNoInterval() throws {
        #expect(
            try #require(Simulation(try Self.settings(.immediate, runs: 1)).estimate { $0.recordPasses }).interval
                == nil)
        #expect(
            try #require(Simulation(try Self.settings(.immediate, runs: 2)).estimate { $0.recordPasses }).interval
                != nil)
    }

    /// Student 1908, as printed in every table of t.
    @Test(arguments: [(1, 12.7062), (2, 4.30265), (3, 3.18245), (19, 2.09302), (30, 2.04227), (1000, 1.96234)])
    func quantilesAreStudents(freedom: Int, t: Double) {
        #expect(abs(Estimate.quantile(freedom: freedom) - t) < 1e-5 * t)
    }

    @Test func waitsAreByNearestRank() throws {
        let waits = try #require(SimulationRun.Waits((1...200).map(Double.init).reversed()))
        #expect((waits.p50, waits.p95, waits.p99, waits.max, waits.mean) == (100, 190, 198, 200, 100.5))
        #expect(SimulationRun.Waits([]) == nil)
    }

    @Test func aStreamWithoutARequestIsPlayed() throws {
        let settings = try SimulationSettings(
            .init(records: 10, shards: 2, slices: 2), weights: .trained(epochs: 1, slices: 2), law: .uniform,
            volume: .init(perDay: 1e-6, seconds: 60), runs: 2)
        let simulation = Simulation(settings, series: true)
        #expect(simulation.runs.allSatisfy { $0.requests == 0 && $0.recordPasses == 0 && $0.waits == nil })
        #expect(simulation.expectedRecordPasses == 0)
    }

    @Test func theTableHasARowForEveryStepOfEveryRun() throws {
        let simulation = Simulation(try Self.settings(.count(7), runs: 2), series: true)
        let rows = SimulationSeries(simulation).csv.split(separator: "\n")
        #expect(rows.first == "run,time,requests,record_passes,queue,degraded_shards,queue_mean")
        #expect(rows.count == 1 + 2 * (Simulation.points + 2))
        #expect(rows.dropFirst().allSatisfy { $0.split(separator: ",").compactMap { Double($0) }.count == 7 })
    }

    @Test(arguments: [1, 3]) func thePictureHoldsBothCharts(runs: Int) throws {
        let svg = SimulationPicture(Simulation(try Self.settings(.immediate, runs: runs), series: true)).svg()
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720.0\""))
        #expect(svg.split(separator: "<svg ").count == 3)
        #expect(svg.contains("Record-passes so far"))
        #expect(svg.contains("not yet repaired"))
        #expect(svg.contains("confidence") == (runs > 1))
    }
}
