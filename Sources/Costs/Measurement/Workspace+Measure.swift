internal import Foundation
package import Unlearning

extension Workspace {
    /// What is measured.
    package struct MeasurementPlan: Sendable {
        /// Which records are deleted.
        package var stream = MeasurementStream.uniform
        /// Requests that count.
        package var requests = 20
        /// Records, or owners, that one request is about.
        package var batch = 1
        /// Deletions before the ones that count: the first ones read what later ones find at hand, and tell how long it
        /// takes.
        package var warmup = 3
        /// The seed of the draws.
        package var seed: UInt64 = 1

        /// A plan of 20 uniform requests for one record each.
        package init() {}
    }

    /// Deletes records one request after another from a copy of this workspace, and tells what it cost beside what was
    /// predicted.
    ///
    /// The workspace itself keeps every record; see `withCopy`.
    package func measure(
        _ plan: MeasurementPlan, threads: Int = 1, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in },
        waiting: () -> Void = {}
    ) throws -> CostMeasurement {
        let measurement = try withCopy(waiting: waiting) { copy in
            let measurement = try copy.measureForReal(plan, threads: threads, progress: progress)
            for deletion in measurement.deletions { costBook.append(deletion.cost) }
            return measurement
        }
        guard let measurement else { throw CostError.notFinished }
        return measurement
    }

    private func measureForReal(
        _ plan: MeasurementPlan, threads: Int, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> CostMeasurement {
        var draws = MeasurementDraws(plan.stream, try targets(plan.stream), seed: plan.seed)
        var recorded: [[RecordID]] = []
        var total = plan.warmup + plan.requests
        if case .trace(let requests) = plan.stream {
            recorded = requests
            total = requests.count
        }
        func next(_ index: Int) -> [RecordID] {
            if case .trace = plan.stream { return recorded[index] }
            return draws.next(plan.batch)
        }
        let warmup = min(plan.warmup, max(0, total - 1))
        var deletions: [CostMeasurement.Deletion] = []
        var expected: CostEstimate?
        for index in 0..<total {
            let ids = next(index)
            // Nothing is left to delete, or to train on.
            if ids.isEmpty { break }
            if index == warmup { expected = try estimate(plan, requests: total - warmup) }
            let deletion = try deletion(ids, plan, threads: threads)
            if index >= warmup { deletions.append(deletion) }
            progress(index + 1, total)
        }
        if deletions.isEmpty { throw CostError.nothingToMeasure }
        return CostMeasurement(
            deletions: deletions, expected: expected,
            fullRecordPasses: try status().recordPasses)
    }

    private func deletion(
        _ ids: [RecordID], _ plan: MeasurementPlan, threads: Int
    ) throws -> CostMeasurement.Deletion {
        let expected = try plan.stream == .uniform ? generalCost().batch(requests: ids.count) : nil
        let request = DeletionRequest(ids: ids)
        let planned = try planDeletion(request, threads: threads)
        let report = try delete(request, threads: threads)
        guard var cost = costBook.latest().last else { throw CostError.noBook(path: costBook.url.path) }
        cost.command = .measure
        cost.expectedRecordPasses = expected?.expected
        cost.standardError = expected?.standardError
        cost.plannedSeconds = planned.forecast?.seconds(recordPasses: planned.recordPasses)
        return CostMeasurement.Deletion(
            records: report.recordsDeleted, shards: report.shards.map { ($0.shard, $0.slice) }, expected: expected,
            plannedRecordPasses: planned.recordPasses, cost: cost)
    }

    /// Of the whole stream before it begins.
    private func estimate(_ plan: MeasurementPlan, requests: Int) throws -> CostEstimate? {
        guard plan.stream == .uniform else { return nil }
        let cost = try generalCost()
        if plan.batch == 1 { return cost.sequential(requests: requests) }
        // Each costs what the first does, less the share of the records that the ones before took.
        let one = cost.batch(requests: plan.batch)
        let shares = (0..<requests).map { max(0, 1 - Double($0 * plan.batch) / Double(max(1, cost.records))) }
        return CostEstimate(
            expected: one.expected * shares.reduce(0, +),
            standardError: one.standardError * shares.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    private func targets(_ stream: MeasurementStream) throws -> [MeasurementTarget] {
        if case .trace = stream { return [] }
        let bands = BandIndex(recipe.bands)
        let targets = try (0..<recipe.shards).flatMap { shard in
            try records(shard: shard).map {
                MeasurementTarget(
                    id: $0.record.id, cell: $0.cell, owner: $0.record.owner,
                    weight: bands[$0.record.group]?.probability ?? 0)
            }
        }
        if stream == .bands, !targets.contains(where: { $0.weight > 0 }) { throw CostError.noProbabilities }
        if stream == .owners, !targets.contains(where: { $0.owner != nil }) { throw DeletionError.noOwners }
        return targets
    }

    /// The formulas on the cells as they are, with the passes that `Stage` makes.
    package func generalCost() throws -> GeneralCost { GeneralCost(try sliceRecords(), recipe) }
}
