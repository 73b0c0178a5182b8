internal import Engine

/// Deletions as they come over months: several runs of one setting, which differ in nothing but chance.
package struct Simulation: Sendable {
    package let settings: SimulationSettings
    package let runs: [SimulationRun]

    /// Steps of the time series over the stream's duration.
    package static let points = 400

    /// `series`: Keep the course of every run, for a table or a picture. Runs are shared out to threads; results do not depend on it.
    package init(_ settings: SimulationSettings, series: Bool = false, threads: Int = 1) {
        self.settings = settings
        runs = Parallel.map(settings.runs, threads: max(1, threads)) { run in
            SimulationRun(settings, run: run, points: series ? Self.points : 0)
        }
    }

    /// A value of all runs; nil where any has none.
    package func estimate(_ value: (SimulationRun) -> Double?) -> Estimate? {
        let values = runs.compactMap(value)
        return values.count == runs.count ? Estimate(values) : nil
    }

    package var expectedRecordPasses: Double? { estimate { $0.expectation?.recordPasses }?.mean }
    package var expectedDistinctRecordPasses: Double? { estimate { $0.expectation?.distinctRecordPasses }?.mean }
    package var fractionOfFullRetrain: Double? { estimate { $0.expectation?.fraction }?.mean }

    /// Why no formula fits; nil: one does.
    package var noExpectation: String? { SimulationExpectation.reason(settings) }

    /// The share of time in which a shard is degraded, x / (1 + x) with x = requests a second and shard times seconds of a repair.
    ///
    /// An approximation for a worker a shard, no restarts and requests that fall alike on all shards; nil: not of that kind.
    package var approximateDegradedShare: Double? {
        guard settings.law == .uniform, case .immediate = settings.policy, settings.duration > 0 else { return nil }
        let shape = settings.shape
        let passes = SISACost(
            records: shape.records, shards: shape.shards, slices: shape.slices, weights: settings.weights
        ).sequential(requests: 1)
        let repair = settings.service.secondsPerRepair + settings.service.secondsPerPass * passes
        let x = settings.expectedRequests / settings.duration / Double(shape.shards) * repair
        return x / (1 + x)
    }
}
