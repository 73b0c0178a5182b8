internal import Engine
internal import Foundation

/// Deletions as they come over months: several runs of one setting, which differ in nothing but chance.
package struct Simulation: Sendable {
    /// What was simulated.
    package let settings: SimulationSettings
    /// What came of each run.
    package let runs: [SimulationRun]

    /// Steps of the time series over the stream's duration.
    package static let points = 400

    /// `series`: Keep the course of every run, for a table or a picture. Runs are shared out to threads; results do not
    /// depend on it.
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

    /// The record-passes that the formulas expect, in the mean over the runs; nil where no formula fits.
    package var expectedRecordPasses: Double? { estimate { $0.expectation?.recordPasses }?.mean }
    /// The same for requests that are for different records.
    package var expectedDistinctRecordPasses: Double? { estimate { $0.expectation?.distinctRecordPasses }?.mean }
    /// The same as a share of training everything that is left; nil where no formula fits.
    package var fractionOfFullRetrain: Double? { estimate { $0.expectation?.fraction }?.mean }

    /// Why no formula fits; nil: one does.
    package var noExpectation: String? { SimulationExpectation.reason(settings) }

    /// The share of time in which a shard is degraded, x / (1 + x) with x = requests a second and shard times seconds
    /// of a repair.
    ///
    /// An approximation for a worker a shard, no restarts and requests that fall alike on all shards; nil: not of that
    /// kind.
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

/// What came of one run.
package struct SimulationRun: Sendable {
    /// How long requests waited for the end of their repair, in seconds. Nil where no request came.
    package struct Waits: Sendable {
        /// Seconds: the mean, three percentiles, and the longest.
        package let mean, p50, p95, p99, max: Double

        init?(_ seconds: [Double]) {
            guard !seconds.isEmpty else { return nil }
            let sorted = seconds.sorted()
            // Nearest rank: the smallest value that the share of all does not exceed.
            func rank(_ hundredths: Int) -> Double { sorted[(sorted.count * hundredths + 99) / 100 - 1] }
            mean = sorted.reduce(0, +) / Double(sorted.count)
            (p50, p95, p99, max) = (rank(50), rank(95), rank(99), rank(100))
        }
    }

    /// That took records; and that found them gone.
    package let requests, ignored: Int
    /// Records that were deleted.
    package let recordsDeleted: Int
    /// Record-passes that were trained, and of these what was thrown away by restarts.
    package let recordPasses, wastedPasses: Double
    /// Repairs that ended, and how often one had to go back.
    package let repairs, restarts: Int
    /// Requests that wait: in the mean as requests find it, and in the mean over time.
    package let queueMean, queueTimeMean: Double
    /// The most requests that waited at once.
    package let queueMax: Int
    /// How long requests waited; nil where none came.
    package let waits: Waits?
    /// Of the time until everything was repaired, in the mean over the shards, and in the shard where it is most.
    package let degradedShare, degradedShareMax: Double
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
        (queueMean, queueTimeMean, queueMax) = (meter.queueMean, meter.queueTimeMean, meter.queueMax)
        waits = Waits(meter.repairSeconds)
        let whole = max(meter.now, .leastNormalMagnitude)
        degradedShare = meter.degradedSeconds.reduce(0, +) / whole / Double(meter.degradedSeconds.count)
        degradedShareMax = (meter.degradedSeconds.max() ?? 0) / whole
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

/// What the formulas say of the requests of one run, where they say something.
struct SimulationExpectation: Sendable {
    /// With J or Q as printed: requests are drawn with replacement.
    let recordPasses: Double
    /// The same for different records, which matters where the requests are no small part of the corpus.
    let distinctRecordPasses: Double
    /// Of one full training of what is left.
    let fraction: Double

    /// Nil: `reason` says why.
    init?(_ settings: SimulationSettings, _ stream: RequestStream) {
        guard Self.reason(settings) == nil else { return nil }
        let shape = settings.shape
        let whole = Self.cost(settings, records: shape.records)
        let each = whole.passesOfARecord
        if case .immediate = settings.policy {
            recordPasses = whole.sequential(requests: Double(stream.count))
            distinctRecordPasses = whole.sequentialWithoutReplacement(requests: Double(stream.count))
        } else {
            // J is linear in the records but for what those that are gone save, so it is asked once for each size of a
            // batch.
            var shares: [Int: (share: Double, distinct: DistinctRequests)] = [:]
            var (gone, sum, distinct) = (0, 0.0, 0.0)
            for size in Self.batches(settings.policy, stream) {
                let requests = Double(size)
                let batch =
                    shares[size]
                    ?? (
                        (whole.batch(requests: requests) + requests * each) / Double(shape.records),
                        DistinctRequests(whole, requests: requests)
                    )
                shares[size] = batch
                sum += batch.share * Double(shape.records - gone) - requests * each
                distinct += batch.distinct.passes(after: Double(gone))
                gone += size
            }
            (recordPasses, distinctRecordPasses) = (sum, distinct)
        }
        let full = whole.full(requests: Double(stream.count))
        fraction = full > 0 ? recordPasses / full : 0
    }

    private static func cost(_ settings: SimulationSettings, records: Int) -> SISACost {
        SISACost(
            records: records, shards: settings.shape.shards, slices: settings.shape.slices, weights: settings.weights)
    }

    /// Why no formula fits; nil: one does.
    static func reason(_ settings: SimulationSettings) -> String? {
        guard settings.law == .uniform else { return "the formulas are for uniform requests" }
        guard settings.placement != .owners else { return "the formulas are for records that are placed one by one" }
        if case .deadline = settings.policy { return "a deadline's batches follow from the service times" }
        return nil
    }

    /// How many requests each repair answers if it ends before the next may begin.
    private static func batches(_ policy: RepairPolicy, _ stream: RequestStream) -> [Int] {
        switch policy {
        case .immediate, .deadline: return [Int](repeating: 1, count: stream.count)
        case .count(let count):
            return stride(from: 0, to: stream.count, by: count).map { min(count, stream.count - $0) }
        case .window(let seconds):
            var batches: [Int] = []
            var last = -1.0
            for time in stream.times {
                let window = (time / seconds).rounded(.down)
                if window == last { batches[batches.count - 1] += 1 } else { batches.append(1) }
                last = window
            }
            return batches
        }
    }
}

/// The mean over several runs and, from two runs on, its 95 % confidence interval by Student's t.
package struct Estimate: Sendable, Equatable {
    /// The mean over the runs.
    package let mean: Double
    /// Nil: there was one run.
    package let interval: ClosedRange<Double>?

    /// Nil: there are no values.
    init?(_ values: [Double]) {
        guard let first = values.first else { return nil }
        let count = Double(values.count)
        // Taken from the first value, so that equal values have no spread and that value as mean.
        let mean = first + values.reduce(0) { $0 + ($1 - first) } / count
        self.mean = mean
        guard values.count > 1 else {
            interval = nil
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let half = Self.quantile(freedom: values.count - 1) * (squares / (count - 1) / count).squareRoot()
        interval = mean - half...mean + half
    }

    /// t with 2.5 % of Student's distribution above it.
    static func quantile(freedom: Int) -> Double {
        var (low, high) = (1.0, 16.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if within(middle, freedom) < 0.95 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// P(|T| < t), the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
    private static func within(_ t: Double, _ freedom: Int) -> Double {
        let angle = atan(t / Double(freedom).squareRoot())
        let (sine, square) = (sin(angle), cos(angle) * cos(angle))
        if freedom == 1 { return 2 * angle / .pi }
        let isOdd = freedom % 2 == 1
        var term = isOdd ? cos(angle) : 1
        var sum = term
        for k in stride(from: isOdd ? 3 : 2, through: freedom - 2, by: 2) {
            term *= Double(k - 1) / Double(k) * square
            sum += term
        }
        return isOdd ? 2 / .pi * (angle + sine * sum) : sine * sum
    }
}
