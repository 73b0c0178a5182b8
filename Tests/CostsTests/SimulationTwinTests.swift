import Testing

@testable import Costs
@testable import Unlearning

/// The simulator against its slow twin, which keeps real records, in thousands of tiny worlds. Every number must be
/// equal.
@Suite struct SimulationTwinTests {
    /// A world whose every time is a multiple of half a second and whose passes are whole: nothing is rounded.
    private static func world(_ number: Int) throws -> (SimulationSettings, RequestStream) {
        var draws = RandomStream(seed: 5, run: number, purpose: .records)
        let shape = SimulationSettings.Shape(
            records: 1 + draws.below(40), shards: 1 + draws.below(4), slices: 1 + draws.below(5))
        let policies: [RepairPolicy] = [
            .immediate, .count(1 + draws.below(5)), .window(Double(1 + draws.below(60))),
            .deadline(Double(1 + draws.below(120)))
        ]
        let weights = PassWeights(earlier: Double(1 + draws.below(2)), own: Double(1 + draws.below(2)))
        let settings = try SimulationSettings(
            shape, weights: weights, law: .uniform,
            volume: .init(requests: 1 + draws.below(shape.records), seconds: Double(1 + draws.below(400))),
            placement: draws.below(2) == 0 ? .equal : .hashed, policy: policies[draws.below(4)],
            service: .init(
                workers: 1 + draws.below(3), secondsPerPass: 1, secondsPerRepair: Double(draws.below(4))),
            seed: UInt64(number))
        var stream = RequestStream(settings, run: 0)
        // Times on the grid, also equal ones; and several requests made one, so that requests have several shards.
        for index in stream.times.indices { stream.times[index] = (stream.times[index] * 2).rounded(.down) / 2 }
        while draws.below(3) > 0, stream.count > 1 {
            let index = 1 + draws.below(stream.count - 1)
            stream.starts.remove(at: index)
            stream.times.remove(at: index)
        }
        return (settings, stream)
    }

    @Test(arguments: 0..<8) func equalsTheSlowTwinInEveryNumber(part: Int) throws {
        var restarts = 0
        for number in part * 250..<(part + 1) * 250 {
            let (settings, stream) = try Self.world(number)
            var twin = SimulationTwin(settings, stream)
            twin.run()
            var simulator = RepairSimulator(settings, stream: stream)
            let meter = simulator.run()
            let world: Comment = "world \(number), \(settings.policy)"
            #expect(meter.recordPasses == twin.recordPasses, world)
            #expect(meter.wastedPasses == twin.wasted, world)
            #expect(meter.repairs == twin.repairs, world)
            #expect(meter.restarts == twin.restarts, world)
            #expect(meter.repairSeconds.map(Optional.some) == twin.finished, world)
            #expect(meter.degradedSeconds == twin.degraded, world)
            #expect(meter.queueMax == twin.queueMax, world)
            #expect(meter.queueSeconds == twin.queueSeconds, world)
            #expect(simulator.sizes == twin.cells.map(\.count), world)
            restarts += meter.restarts
        }
        // Or the rule for them would not have been looked at.
        #expect(restarts > 20)
    }
}
