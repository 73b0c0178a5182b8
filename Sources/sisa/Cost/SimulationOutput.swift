import Costs
import Unlearning

/// The result of `sisa cost simulate`, for programs and for people. Every number is the mean over the runs.
struct SimulationOutput: Encodable {
    struct Interval: Encodable {
        let low, high: Double

        init?(_ estimate: Estimate?) {
            guard let interval = estimate?.interval else { return nil }
            (low, high) = (interval.lowerBound, interval.upperBound)
        }
    }

    /// A mean, and its 95 % confidence interval; null where there was one run.
    struct Value: Encodable {
        let mean: Double
        let interval: OrNull<Interval>

        init?(_ estimate: Estimate?) {
            guard let estimate else { return nil }
            mean = estimate.mean
            interval = OrNull(Interval(estimate))
        }
    }

    struct Waits: Encodable {
        let mean, p50, p95, p99, max: OrNull<Value>
    }

    struct Queue: Encodable {
        let mean, timeMean, max: OrNull<Value>
    }

    struct Degraded: Encodable {
        let mean, mostDegradedShard: OrNull<Value>
        let approximation: OrNull<Double>
    }

    let records, shards, slices, runs: Int
    let epochs, days: Double
    let stream, policy, placement: String
    let passesOfEarlierSlices, passesOfOwnSlice: Double
    let requests, requestsIgnored, recordsDeleted: OrNull<Value>
    let observedRecordPasses: Double
    let observedRecordPassesInterval: OrNull<Interval>
    let expectedRecordPasses, expectedRecordPassesDistinct: OrNull<Double>
    let fractionOfFullRetrain: OrNull<Double>
    let noExpectationBecause: OrNull<String>
    let fullRecordPasses: OrNull<Value>
    let observedFractionOfFullRetrain, recordPassesPerRequest, wastedRecordPasses: OrNull<Value>
    let repairs, restarts: OrNull<Value>
    let secondsUntilRepaired: Waits
    let lateRequests: OrNull<Value>
    let queue: Queue
    let degradedShare: Degraded
    let secondsUntilInfluenceFree: String

    init(_ simulation: Simulation) {
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

// For people.
extension SimulationOutput {
    func print() {
        Console.out(
            "\(records) records, \(shards) shards of \(slices) slices; \(stream) requests over \(days.fixed(1)) days; "
                + "\(policy); "
                + (runs == 1 ? "one run" : "\(runs) runs"))
        var table = TextTable(header: ["", "mean", "95 % from", "to"])
        func row(_ name: String, _ value: OrNull<Value>, _ places: Int = 1) {
            guard let value = value.value else { return }
            let interval = value.interval.value
            table.rows.append([
                name, value.mean.fixed(places), interval?.low.fixed(places) ?? "", interval?.high.fixed(places) ?? ""
            ])
        }
        row("requests", requests)
        if (requestsIgnored.value?.mean ?? 0) > 0 { row("  for records that were gone", requestsIgnored) }
        row("records deleted", recordsDeleted)
        table.rows.append([
            "record-passes", observedRecordPasses.fixed(1), observedRecordPassesInterval.value?.low.fixed(1) ?? "",
            observedRecordPassesInterval.value?.high.fixed(1) ?? ""
        ])
        if let expected = expectedRecordPasses.value {
            table.rows.append(["  expected", expected.fixed(1), "", ""])
            let distinct = expectedRecordPassesDistinct.value
            if let distinct, CostForecast.Expectation.areApart(expected, distinct) {
                table.rows.append(["  expected, of different records", distinct.fixed(1), "", ""])
            }
        }
        row("  thrown away by restarts", wastedRecordPasses)
        row("  a request", recordPassesPerRequest)
        row("full retrainings", observedFractionOfFullRetrain, 4)
        if let fraction = fractionOfFullRetrain.value { table.rows.append(["  expected", fraction.fixed(4), "", ""]) }
        row("repairs", repairs)
        row("restarts", restarts)
        row("seconds until repaired, mean", secondsUntilRepaired.mean)
        row("  half within", secondsUntilRepaired.p50)
        row("  95 % within", secondsUntilRepaired.p95)
        row("  99 % within", secondsUntilRepaired.p99)
        row("  all within", secondsUntilRepaired.max)
        row("  past the deadline, requests", lateRequests)
        row("queue, over time", queue.timeMean, 3)
        row("  as requests find it", queue.mean, 3)
        row("  at most", queue.max)
        row("share of time degraded, of a shard", degradedShare.mean, 5)
        row("  of the shard where it is most", degradedShare.mostDegradedShard, 5)
        if let share = degradedShare.approximation.value {
            table.rows.append(["  approximation", share.fixed(5), "", ""])
        }
        table.print()
        if let reason = noExpectationBecause.value { Console.out("No expectation: \(reason).") }
        Console.out("Requests are forgotten when they are accepted; only the repair takes time here.")
    }
}
