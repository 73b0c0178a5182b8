/// What came of one run.
package struct SimulationRun: Sendable {
    /// How long requests waited for the end of their repair, in seconds. Nil where no request came.
    package struct Waits: Sendable {
        package let mean, p50, p95, p99, most: Double

        init?(_ seconds: [Double]) {
            guard !seconds.isEmpty else { return nil }
            let sorted = seconds.sorted()
            // Nearest rank: the smallest value that the share of all does not exceed.
            func rank(_ hundredths: Int) -> Double { sorted[(sorted.count * hundredths + 99) / 100 - 1] }
            mean = sorted.reduce(0, +) / Double(sorted.count)
            (p50, p95, p99, most) = (rank(50), rank(95), rank(99), rank(100))
        }
    }

    /// That took records; and that found them gone.
    package let requests, ignored: Int
    package let recordsDeleted: Int
    package let recordPasses, wastedPasses: Double
    package let repairs, restarts: Int
    package let queueMean, queueTimeMean: Double
    package let queueMost: Int
    package let waits: Waits?
    /// Of the time until everything was repaired, in the mean over the shards, and in the shard where it is most.
    package let degradedShare, degradedShareMost: Double
    /// Requests that took longer than the deadline; nil where there is none.
    package let late: Int?
    /// When everything was repaired.
    package let seconds: Double
    /// One full training of what is left, with the same shards and slices.
    package let fullPasses: Double
    let expectation: SimulationExpectation?
    let series: [SimulationMeter.Point]

    init(_ settings: SimulationSettings, run: Int, points: Int) {
        let stream = RequestStream(settings, run: run)
        var simulator = RepairSimulator(settings, stream: stream, points: points)
        let meter = simulator.run()
        requests = stream.count
        ignored = stream.ignored
        recordsDeleted = stream.cells.count
        recordPasses = meter.recordPasses
        wastedPasses = meter.wastedPasses
        repairs = meter.repairs
        restarts = meter.restarts
        (queueMean, queueTimeMean, queueMost) = (meter.queueMean, meter.queueTimeMean, meter.queueMost)
        waits = Waits(meter.repairSeconds)
        let whole = max(meter.now, .leastNormalMagnitude)
        degradedShare = meter.degradedSeconds.reduce(0, +) / whole / Double(meter.degradedSeconds.count)
        degradedShareMost = (meter.degradedSeconds.max() ?? 0) / whole
        if case .deadline(let limit) = settings.policy {
            // A start at the last moment ends at the deadline but for rounding.
            late = meter.repairSeconds.count { $0 > limit * (1 + 1e-9) }
        } else {
            late = nil
        }
        seconds = meter.now
        fullPasses = simulator.fullPasses
        expectation = SimulationExpectation(settings, stream)
        series = meter.series
    }
}
