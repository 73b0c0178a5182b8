package import Unlearning

/// What a simulation gave, for programs and for people. Every number is the mean over the runs.
package struct SimulationAnswer: Encodable {
    /// A 95 % confidence interval.
    package struct Interval: Encodable {
        /// Its ends.
        package let low, high: Double

        init?(_ estimate: Estimate?) {
            guard let interval = estimate?.interval else { return nil }
            (low, high) = (interval.lowerBound, interval.upperBound)
        }
    }

    /// A mean, and its 95 % confidence interval; null where there was one run.
    package struct Value: Encodable {
        /// The mean over the runs.
        package let mean: Double
        /// Its interval.
        package let interval: OrNull<Interval>

        init?(_ estimate: Estimate?) {
            guard let estimate else { return nil }
            mean = estimate.mean
            interval = OrNull(Interval(estimate))
        }
    }

    /// Seconds that requests wait: the mean and percentiles.
    package struct Waits: Encodable {
        /// Each over all requests of a run.
        package let mean, p50, p95, p99, max: OrNull<Value>
    }

    /// Requests that wait at once.
    package struct Queue: Encodable {
        /// As requests find it, over time, and at most.
        package let mean, timeMean, max: OrNull<Value>
    }

    /// The share of time in which a shard answers from fewer records than it has.
    package struct Degraded: Encodable {
        /// Of all shards, and of the one where it is most.
        package let mean, mostDegradedShard: OrNull<Value>
        /// The closed form that approximates the mean.
        package let approximation: OrNull<Double>
    }

    /// What was simulated: records, shards, slices and runs.
    package let records, shards, slices, runs: Int
    /// Epochs of a training, and days of the stream.
    package let epochs, days: Double
    /// The stream of requests, when repairs begin, and how records are placed.
    package let stream, policy, placement: String
    /// Passes of a stage over slices before its own, and over its own.
    package let passesOfEarlierSlices, passesOfOwnSlice: Double
    /// Requests that came, that were ignored, and records that went.
    package let requests, requestsIgnored, recordsDeleted: OrNull<Value>
    /// Record-passes of all repairs.
    package let observedRecordPasses: Double
    /// The interval of their mean.
    package let observedRecordPassesInterval: OrNull<Interval>
    /// What the formulas expect, with replacement and without.
    package let expectedRecordPasses, expectedRecordPassesDistinct: OrNull<Double>
    /// The expected record-passes over those of full trainings.
    package let fractionOfFullRetrain: OrNull<Double>
    /// Why there is no expectation.
    package let noExpectationBecause: OrNull<String>
    /// Record-passes of full trainings instead.
    package let fullRecordPasses: OrNull<Value>
    /// Shares and means of the observed record-passes.
    package let observedFractionOfFullRetrain, recordPassesPerRequest, wastedRecordPasses: OrNull<Value>
    /// Repairs that were begun, and begun again.
    package let repairs, restarts: OrNull<Value>
    /// How long requests wait for their repair.
    package let secondsUntilRepaired: Waits
    /// Requests past their deadline.
    package let lateRequests: OrNull<Value>
    /// The queue of requests.
    package let queue: Queue
    /// How long shards are degraded.
    package let degradedShare: Degraded
    /// A remark: it is not simulated.
    package let secondsUntilInfluenceFree: String

    /// Reads it off a simulation.
    package init(_ simulation: Simulation) {
        func value(_ read: (SimulationRun) -> Double?) -> OrNull<Value> { OrNull(Value(simulation.estimate(read))) }
        let settings = simulation.settings
        (records, shards, slices) = (settings.shape.records, settings.shape.shards, settings.shape.slices)
        (epochs, days, runs) = (settings.shape.epochs, settings.duration / 86_400, settings.runs)
        (stream, policy, placement) = (settings.law.name, settings.policy.name, settings.placement.rawValue)
        (passesOfEarlierSlices, passesOfOwnSlice) = (settings.weights.earlier, settings.weights.own)
        requests = value { Double($0.requests) }
        requestsIgnored = value { Double($0.ignored) }
        recordsDeleted = value { Double($0.recordsDeleted) }
        let observed = simulation.estimate { $0.recordPasses }
        observedRecordPasses = observed?.mean ?? 0
        observedRecordPassesInterval = OrNull(Interval(observed))
        expectedRecordPasses = OrNull(simulation.expectedRecordPasses)
        expectedRecordPassesDistinct = OrNull(simulation.expectedDistinctRecordPasses)
        fractionOfFullRetrain = OrNull(simulation.fractionOfFullRetrain)
        noExpectationBecause = OrNull(simulation.noExpectation)
        fullRecordPasses = value { $0.fullPasses }
        observedFractionOfFullRetrain = value { $0.fullPasses > 0 ? $0.recordPasses / $0.fullPasses : nil }
        recordPassesPerRequest = value { $0.requests > 0 ? $0.recordPasses / Double($0.requests) : nil }
        wastedRecordPasses = value { $0.wastedPasses }
        repairs = value { Double($0.repairs) }
        restarts = value { Double($0.restarts) }
        secondsUntilRepaired = Waits(
            mean: value { $0.waits?.mean }, p50: value { $0.waits?.p50 }, p95: value { $0.waits?.p95 },
            p99: value { $0.waits?.p99 }, max: value { $0.waits?.max })
        lateRequests = value { $0.late.map(Double.init) }
        queue = Queue(
            mean: value { $0.queueMean }, timeMean: value { $0.queueTimeMean }, max: value { Double($0.queueMax) })
        degradedShare = Degraded(
            mean: value { $0.degradedShare }, mostDegradedShard: value { $0.degradedShareMax },
            approximation: OrNull(simulation.approximateDegradedShare))
        secondsUntilInfluenceFree = "not simulated: a request is forgotten when it is accepted"
    }
}
