import Costs
import Unlearning

/// A simulation as people read it.
extension SimulationAnswer {
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
