internal import Charts
internal import Foundation
internal import Unlearning

extension Workspace {
    /// Runs that stand in the page's table.
    private static let runsShown = 100

    /// The page of a workspace's costs: what its deletions took, beside what the formulas say of its cells as they are
    /// now.
    ///
    /// `machine`, `date`: As they shall be printed.
    package func costPage(machine: String, date: String, accuracy: [CostPage.Accuracy] = []) throws -> CostPage {
        let (status, history, cost) = (try status(), try costHistory(), try generalCost())
        var page = CostPage(name: recipe.name, date: date, machine: machine)
        page.totals = totals(status, history, cost)
        page.hits = hits(history)
        page.curve = curve(history, cost)
        if !history.deletions.isEmpty {
            page.times = CostPage.Times(
                points: history.deletions.map { CostPage.Point(x: Double($0.recordPasses), y: $0.seconds) },
                fit: history.line.map {
                    CostPage.Fit(intercept: $0.intercept, slope: $0.slope, r2: $0.rSquared)
                })
        }
        page.accuracy = accuracy
        page.storage = try storage()
        page.runs = history.entries.suffix(Self.runsShown).reversed().map(CostPage.Run.init)
        page.earlierRuns = max(0, history.entries.count - Self.runsShown)
        if history.damaged > 0 { page.notes.append("\(history.damaged) line(s) of costs.jsonl could not be read.") }
        if history.entries.contains(where: { $0.command == .measure }) {
            page.notes.append("Runs of kind “measure” deleted from a copy: the workspace keeps those records.")
        }
        if let compared = history.compared, compared.deletions < history.deletions.count {
            page.notes.append(
                "Record-passes, observed and predicted, are those of the \(compared.deletions) deletions for which a "
                    + "prediction was kept."
            )
        }
        if history.deletionsBefore > 0 {
            page.notes.append(
                "\(history.deletionsBefore) deletions by earlier recipes are in the table of runs, and in no figure.")
        }
        return page
    }

    private func totals(_ status: Status, _ history: CostHistory, _ cost: GeneralCost) -> CostPage.Totals {
        var totals = CostPage.Totals()
        totals.records = status.records
        totals.shards = recipe.shards
        totals.slices = recipe.slices
        totals.deletions = history.deletions.count
        guard !history.deletions.isEmpty else { return totals }
        // Beside a prediction stands what was observed of the same deletions.
        totals.observedPasses = Double(history.compared?.observed ?? history.recordPasses)
        totals.predictedPasses = history.compared?.expected.expected
        totals.standardError = history.compared?.expected.standardError
        // Training everything for each request, as it is now: the few records that are gone by then make it a little
        // less.
        let full = cost.full * Double(history.deletions.count)
        totals.fractionOfFullRetrain = full > 0 ? Double(history.recordPasses) / full : nil
        totals.seconds = history.seconds
        totals.influenceFreeP50 = history.influenceFreeSeconds(percentile: 50)
        totals.influenceFreeP99 = history.influenceFreeSeconds(percentile: 99)
        totals.bytesWritten = history.writtenBytes
        totals.peakMemoryBytes = history.peakMemoryBytes
        return totals
    }

    private func hits(_ history: CostHistory) -> [[Int]] {
        var hits = [[Int]](repeating: [Int](repeating: 0, count: recipe.slices), count: recipe.shards)
        for touched in history.deletions.flatMap(\.touched) {
            // Of another shape that the workspace had.
            guard hits.indices.contains(touched.shard - 1), hits[0].indices.contains(touched.slice - 1) else {
                continue
            }
            hits[touched.shard - 1][touched.slice - 1] += 1
        }
        return hits
    }

    private func curve(_ history: CostHistory, _ cost: GeneralCost) -> CostPage.Curve {
        var curve = CostPage.Curve()
        let alone = history.deletions.filter { $0.records == 1 }
        let greatest = max(20, 2 * alone.count, 2 * (history.deletions.map(\.records).max() ?? 0))
        for requests in Self.steps(to: min(greatest, cost.records)) {
            let x = Double(requests)
            let (batch, sequential) = (cost.batch(requests: requests), cost.sequential(requests: requests))
            curve.batch.append(CostPage.Point(x: x, y: batch.expected, standardError: batch.standardError))
            curve.sequential.append(
                CostPage.Point(x: x, y: sequential.expected, standardError: sequential.standardError))
            curve.fullRetrain.append(CostPage.Point(x: x, y: cost.full(without: requests)))
        }
        var sum = 0
        for (index, entry) in alone.enumerated() {
            sum += entry.recordPasses
            curve.measuredSequential.append(CostPage.Point(x: Double(index + 1), y: Double(sum)))
        }
        curve.measuredBatch = history.deletions.filter { $0.records > 1 }.map {
            CostPage.Point(x: Double($0.records), y: Double($0.recordPasses))
        }
        let passes = PassWeights.trained(epochs: recipe.epochs, slices: recipe.slices)
        curve.note =
            "The lines are the general form on this workspace’s own cells, with \(passes.earlier.formatted()) passes "
            + "of a stage over "
            + "earlier slices and \(passes.own.formatted()) over its own."
        return curve
    }

    /// About forty numbers from 1 on, all of them where there are no more.
    private static func steps(to greatest: Int) -> [Int] {
        guard greatest > 40 else { return greatest < 1 ? [] : Array(1...greatest) }
        return Set((0...40).map { Int(pow(Double(greatest), Double($0) / 40).rounded()) }).sorted()
    }

    private func storage() throws -> [CostPage.Storage] {
        let rows = try trainedStages().filter { $0.stored > 0 }
        guard !rows.isEmpty else { return [] }
        let raw = Double(rows.reduce(0) { $0 + $1.size }) / Double(rows.count)
        let stored = Double(rows.reduce(0) { $0 + $1.stored }) / Double(rows.count)
        func storage(_ keep: String, _ checkpoints: Int) -> CostPage.Storage {
            CostPage.Storage(
                shards: recipe.shards, slices: recipe.slices, keep: keep, checkpoints: checkpoints,
                rawBytesPerCheckpoint: raw, storedBytesPerCheckpoint: stored, totalBytes: stored * Double(checkpoints))
        }
        let table = StageTable(recipe)
        let (all, kept) = (recipe.slices, table.keptSteps == nil ? recipe.slices : recipe.sliceOptions.keep ?? 0)
        var result = [storage(kept == all ? "all" : String(kept), rows.count)]
        for other in Set([all, max(1, all / 4)]).sorted(by: >) where other != kept {
            let count = recipe.shards * table.orders * min(all, other + 1)
            result.append(storage((other == all ? "all" : String(other)) + ", not so here", count))
        }
        return result
    }
}

extension CostPage.Run {
    fileprivate init(_ entry: CostEntry) {
        self.init(
            kind: entry.command.rawValue, time: entry.time, records: entry.records,
            recordPasses: Double(entry.recordPasses), predictedPasses: entry.expectedRecordPasses,
            seconds: entry.seconds, predictedSeconds: entry.plannedSeconds)
    }
}
