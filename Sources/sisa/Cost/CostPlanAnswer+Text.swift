import Costs

extension CostPlanAnswer {
    /// The plan for people.
    func tell(_ request: CostPlanRequest) {
        if choices.count > 1 {
            table(request).print()
            Console.out("")
        }
        tellChoice(request)
        Console.out(
            "\(records) records in \(shards) shards x \(slices) slices, \(epochs.short) epochs, \(requests.short) "
                + "requests in a window"
                + (request.isMean ? " on the average" : ""))
        if request.isMean, requests > Double(records) / 20 {
            Console.out(
                "so many requests of so few records are mostly for different ones, which a rate has no form for: "
                    + "--requests \(requests.fixed(0)) has"
            )
        }
        if !notCounted.isEmpty {
            Console.out(
                "not counted here: \(notCounted.joined(separator: ", ")); `sisa cost measure` counts them as they are")
        }
        var lines = TextTable(
            header: ["", "record-passes", "of a full retrain"] + (request.rate == nil ? [] : ["time"]))
        // Only passes as they are trained take time.
        func add(_ name: String, _ passes: Double, _ fraction: Double, isTrained: Bool = true) {
            lines.rows.append(
                [name, passes.fixed(1), fraction.percent]
                    + (request.seconds(passes).map { [isTrained ? $0.duration : "-"] } ?? []))
        }
        func add(_ name: String, _ expectation: CostForecast.Expectation, isTrained: Bool = true) {
            add(name, expectation.expected, expectation.fraction, isTrained: isTrained)
            guard expectation.isDistinctApart, let distinct = expectation.distinct else { return }
            add("  of different records", distinct, expectation.share(distinct), isTrained: isTrained)
        }
        let isTrained = !asTrained.differs
        add("repaired together", chosen.batch(chosen.paper), isTrained: isTrained)
        add("one by one", chosen.sequential(chosen.paper), isTrained: isTrained)
        add("everything again", batch.fullRecordPasses, 1, isTrained: isTrained)
        if asTrained.differs {
            add("together, as trained", chosen.batch(chosen.trained))
            add("one by one, as trained", chosen.sequential(chosen.trained))
            add("everything, as trained", asTrained.fullRecordPasses, 1)
        }
        add(
            "\(request.percentile.short) of 100 \(request.isSequential ? "requests" : "windows") take at most",
            repair.recordPasses, asTrained.fullRecordPasses > 0 ? repair.recordPasses / asTrained.fullRecordPasses : 0)
        lines.print()
        if asTrained.differs {
            Console.out(
                "as trained: 2 e' / (R + 1) is \(asTrained.passesOfEarlierSlices.fixed(3)), below 1, and a stage takes "
                    + "its own slice in full"
            )
        }
        tellPrices(request)
    }

    private func tellChoice(_ request: CostPlanRequest) {
        guard !request.limits.isEmpty else { return }
        guard let taken = CostChoice.recommended(request.priced, request.limits) else {
            Console.out("none of them keeps the limits; try more shards or a shorter window. The first of them:")
            return
        }
        var line = "recommended: \(shards) shards x \(slices) slices (\(taken.reason.rawValue))"
        if let accuracy = request.accuracy?[shards] {
            line += "; accuracy \(accuracy.percent)"
            if let price = request.accuracy?.price(shards: shards) {
                line += ", \(price.percent) below the fewest shards that were measured"
            }
        } else {
            line += "; its accuracy was not measured, so measure it before you take it"
        }
        Console.out(line)
    }

    private func tellPrices(_ request: CostPlanRequest) {
        if let rate = request.rate { Console.out("time: \(rate.sentence)") }
        var line = "storage: \(storage.checkpoints) checkpoints"
        if let each = request.checkpointBytes {
            line += " of \(each.byteCount), \((each * Double(storage.checkpoints)).byteCount)"
        }
        Console.out(line)
        Console.out("answers: \(shards) \(shards == 1 ? "model" : "models") each")
        if let answers = request.breakEvenAnswers(chosen) {
            Console.out(
                "holistic: above \(answers.fixed(0)) answers for each deletion, one model trained again each time is "
                    + "cheaper "
                    + "(a model's answer counted as a record-pass)")
        }
    }

    private func table(_ request: CostPlanRequest) -> TextTable {
        let hasRate = request.rate != nil
        let hasRepair = request.limits.repairSeconds != nil
        var header = ["shards", "slices", "record-passes", "of a full retrain"]
        if hasRate { header.append("time") }
        if hasRepair { header.append("repair, p\(request.percentile.short)") }
        if request.checkpointBytes != nil { header.append("stored") }
        if request.accuracy != nil { header += ["accuracy", "price"] }
        if !request.limits.isEmpty { header.append("limits") }
        var table = TextTable(header: header)
        for choice in request.priced {
            let expectation = request.expectation(choice.forecast, choice.forecast.paper)
            var row = [
                "\(choice.forecast.shards)", "\(choice.forecast.slices)", expectation.expected.fixed(1),
                expectation.fraction.percent
            ]
            if let seconds = choice.seconds { row.append(seconds.duration) }
            if hasRepair { row.append(choice.repairSeconds?.duration ?? "-") }
            if let bytes = request.storedBytes(choice.forecast) { row.append(bytes.byteCount) }
            if let accuracy = request.accuracy {
                row += [
                    choice.accuracy?.percent ?? "-",
                    accuracy.price(shards: choice.forecast.shards)?.percent ?? "-"
                ]
            }
            if !request.limits.isEmpty { row.append(choice.keeps(request.limits) ? "kept" : "over") }
            table.rows.append(row)
        }
        return table
    }
}

extension PaperAnswer {
    /// The factors for people.
    static func tell() {
        let all = all
        var table = TextTable(header: [
            "data set", "N", "S", "R", "K", "sharding", "slicing", "product", "joint", "joint, K rounded up"
        ])
        for row in all.rows {
            table.rows.append(
                [row.dataset, "\(row.records)", "\(row.shards)", "\(row.slices)", row.requests.fixed(1)]
                    + [row.shardingFactor, row.slicingFactor, row.product, row.joint, row.jointOfWholeRequests]
                    .map { $0.fixed(3) })
        }
        table.print()
        Console.out("")
        Console.out(all.explanation)
    }
}

extension CostRate {
    var sentence: String {
        let each = "\((secondsPerPass * 1e6).fixed(1)) microseconds a record-pass"
        let passes = recordPasses ?? 0
        return switch source {
        case .given: "\(each), as given"
        case .workspace(let path): "\(each), from the \(passes) that the ledger of \(path) holds"
        case .run(let recipe): "\(each), from a run of \(passes) on the first records of \(recipe)"
        }
    }
}

extension Double {
    /// Without decimals that say nothing.
    fileprivate var short: String { self == rounded() && abs(self) < 1e15 ? fixed(0) : fixed(2) }

    fileprivate var duration: String {
        self < 120 ? fixed(2) + " s" : self < 7200 ? (self / 60).fixed(1) + " min" : (self / 3600).fixed(1) + " h"
    }

    fileprivate var byteCount: String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (self, 0)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return value.fixed(unit == 0 ? 0 : 1) + " " + units[unit]
    }
}
