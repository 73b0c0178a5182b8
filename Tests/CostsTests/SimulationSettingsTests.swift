import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

/// What cannot be simulated is refused with a reason, and never traps.
@Suite struct SimulationSettingsTests {
    private static func refused(
        records: Int = 1000, shards: Int = 5, slices: Int = 4, epochs: Double = 1, law: RequestLaw = .uniform,
        volume: SimulationSettings.Volume = .init(requests: 10), placement: SimulatedPlacement.Kind = .equal,
        workers: Int = 1, secondsPerPass: Double = 1, secondsPerRepair: Double = 0, runs: Int = 2
    ) -> SimulationError? {
        do {
            _ = try SimulationSettings(
                .init(records: records, shards: shards, slices: slices, epochs: epochs),
                weights: PassWeights(earlier: 1, own: 1), law: law, volume: volume, placement: placement,
                service: .init(
                    workers: workers, secondsPerPass: secondsPerPass, secondsPerRepair: secondsPerRepair), runs: runs)
            return nil
        } catch {
            return error
        }
    }

    @Test func numbersOutOfRangeAreRefused() {
        #expect(Self.refused() == nil)
        let wrong: [SimulationError?] = [
            Self.refused(records: 0), Self.refused(records: -1), Self.refused(records: .max), Self.refused(shards: 0),
            Self.refused(shards: .max), Self.refused(slices: 0), Self.refused(slices: .min),
            Self.refused(epochs: 0), Self.refused(epochs: .nan), Self.refused(epochs: .infinity),
            Self.refused(workers: 0), Self.refused(secondsPerPass: -1), Self.refused(secondsPerPass: .nan),
            Self.refused(secondsPerRepair: .infinity), Self.refused(runs: 0), Self.refused(runs: .max),
            Self.refused(volume: .init(requests: 0)), Self.refused(volume: .init(requests: .max)),
            Self.refused(volume: .init(perDay: .nan)), Self.refused(volume: .init(perDay: 0)),
            Self.refused(volume: .init(requests: 5, seconds: -1)),
            Self.refused(volume: .init(requests: 5, seconds: .nan)),
            Self.refused(volume: .init(requests: 10, perDay: 1e-9))
        ]
        for error in wrong {
            guard case .outOfRange? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func whatDoesNotGoTogetherIsRefused() {
        #expect(Self.refused(volume: .init()) == .noRequests)
        #expect(Self.refused(volume: .init(requests: 1, perDay: 1, seconds: 1)) == .overdetermined)
        #expect(
            Self.refused(shards: 10_000_000, slices: 2)
                == .tooManyCells(shards: 10_000_000, slices: 2, max: 10_000_000))
        #expect(Self.refused(volume: .init(requests: 1001)) == .moreRequestsThanRecords(requests: 1001, records: 1000))
        #expect(Self.refused(placement: .owners) == .ownersNeeded)
        guard case .tooManyRequests? = Self.refused(volume: .init(perDay: 1e9)),
            case .tooManyForStream? = Self.refused(records: 1_000_000_000, law: .pareto(shape: 1)),
            case .tooManyForStream? = Self.refused(records: 1_000_000_000, placement: .hashed)
        else {
            Issue.record("not refused as it should be")
            return
        }
        #expect(Self.refused(records: 1_000_000_000) == nil)
        let ids = RequestTrace(subject: .id, entries: [.init(time: 5, number: 0, records: 1)])
        #expect(Self.refused(law: .trace(ids), volume: .init(), placement: .ordered) == .numbersNeeded)
        #expect(Self.refused(law: .trace(ids)) == .traceWithOthers(option: "--requests"))
        #expect(Self.refused(law: .trace(ids), volume: .init(perDay: 1)) == .traceWithOthers(option: "--rate"))
        guard case .outOfRange? = Self.refused(law: .trace(ids), volume: .init(seconds: 4)) else {
            Issue.record("a duration that ends before the trace")
            return
        }
    }

    @Test func streamsAndPoliciesAreReadOrRefused() throws {
        #expect(try RequestLaw(text: "uniform") == .uniform)
        #expect(try RequestLaw(text: "exponential") == .exponential(rate: nil))
        #expect(try RequestLaw(text: "pareto") == .pareto(shape: 1.16))
        #expect(try RequestLaw(text: "pareto:2") == .pareto(shape: 2))
        #expect(try RequestLaw(text: "owners:1.5") == .owners(shape: 1.5))
        #expect(try RequestLaw(text: "aged:0.25") == .aged(halfLife: 0.25))
        for text in ["", "zipf", "uniform:1", "adversarial:2", "Uniform", ":1"] {
            #expect(throws: SimulationError.unknownStream(found: text)) { try RequestLaw(text: text) }
        }
        for text in [
            "pareto:", "pareto:0", "pareto:-1", "pareto:nan", "pareto:inf", "aged:1e99", "owners:x", "pareto:1:2"
        ] {
            #expect(throws: SimulationError.badStreamNumber(found: text)) { try RequestLaw(text: text) }
        }
        #expect(try RepairPolicy(text: "immediate") == .immediate)
        #expect(try RepairPolicy(text: "count:20") == .count(20))
        #expect(try RepairPolicy(text: "window:1.5h") == .window(5400))
        #expect(try RepairPolicy(text: "deadline:2w") == .deadline(1_209_600))
        for text in ["immediate", "count:7", "window:90m", "window:36h", "deadline:3d", "deadline:2.5s"] {
            #expect(try RepairPolicy(text: text).name == text)
        }
        for text in [
            "", "now", "immediate:1", "count", "count:0", "count:-3", "count:1.5", "count:99999999999999999999",
            "window:6",
            "window:h", "window:-1h", "window:nanh", "window:infs", "deadline:", "deadline:1y", "window:1e300w",
            "count:1:2"
        ] {
            #expect(throws: SimulationError.badPolicy(found: text)) { try RepairPolicy(text: text) }
        }
    }

    /// Nothing is held for a record, nor is each looked at.
    @Test func aTrillionRecordsAreNoTrouble() throws {
        let settings = try SimulationSettings(
            .init(records: 1_000_000_000_000, shards: 50, slices: 20), weights: .trained(epochs: 4, slices: 20),
            law: .uniform, volume: .init(requests: 100), runs: 2)
        #expect(Simulation(settings).runs.allSatisfy { $0.requests == 100 })
    }

    @Test func moreShardsThanRecordsAreNoTrouble() throws {
        for placement in [SimulatedPlacement.Kind.equal, .hashed, .ordered] {
            let settings = try SimulationSettings(
                .init(records: 3, shards: 7, slices: 5), weights: .trained(epochs: 1, slices: 5), law: .uniform,
                volume: .init(requests: 3), placement: placement, runs: 3)
            #expect(Simulation(settings).runs.allSatisfy { $0.requests == 3 && $0.fullPasses == 0 })
        }
    }
}
