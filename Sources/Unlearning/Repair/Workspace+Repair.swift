package import Foundation
internal import Synchronization

/// What a repair did.
package struct RepairReport: Sendable {
    package let stagesTrained: Int
    /// Shards that still wait, because the time was over.
    package let shardsLeft: Int
    /// That lay in slices and were not the ledger's, as after an old backup was restored.
    package let recordsTakenOut: Int
    /// Of the deletions that are complete now.
    package let receipts: [URL]
    package let seconds: Double
}

extension Workspace {
    /// Trains again the shards of accepted deletions, however many requests wait there, each once from its lowest touched slice.
    ///
    /// A part of the index that a full disk took away is made anew too, and every slice is compared with the ledger.
    ///
    /// `seconds`, `recordPasses`: No further shard is begun when they are spent; nil: all are. Forgetting was done before, or is finished
    /// first.
    @discardableResult
    package func repair(
        within seconds: Double? = nil, recordPasses: Int? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> RepairReport {
        let clock = ContinuousClock().now
        let meter = CostMeter()
        let progress = meter.watching(progress)
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        let evidence = try evidence()
        let (takenOut, problem) = try takeOutSurplus()
        func report(_ trained: Int, left: Int) throws -> RepairReport {
            try completeIndex()
            try evidence.publish()
            // What waits for a repair does not wait for what else is wrong.
            if let problem { throw problem }
            try refuseStrangers()
            if trained > 0 { try costBook.append(meter.entry(.repair, [], plan: costPlan(), threads: threads)) }
            return RepairReport(
                stagesTrained: trained, shardsLeft: left, recordsTakenOut: takenOut,
                receipts: evidence.receipts.values.sorted { $0.path < $1.path },
                seconds: clock.duration(to: .now).seconds)
        }
        // Of deletions, and of an addition that did not come to its end.
        var shards = try Set(ledger.pending().keys.map(\.shard)).union(ledger.unfinishedShards(orders: table.orders))
            .sorted()
        let isStale = try ledger.fact(Self.staleFact) != nil
        guard seconds != nil || recordPasses != nil, !isStale else {
            let trained = try bringUpToDate(
                shards: isStale ? nil : shards, threads: threads, evidence: evidence, progress: progress)
            return try report(trained, left: 0)
        }
        // Nothing is left of any record before the first shard is trained.
        var trained = try bringUpToDate(
            shards: shards, threads: threads, trains: false, evidence: evidence, progress: progress)
        let spent = Mutex(0)
        func isLeft() -> Bool {
            spent.withLock { $0 } < recordPasses ?? .max && clock.duration(to: .now).seconds < seconds ?? .infinity
        }
        let counting: TrainingProgress = { event in
            if case .began(let recordPasses, _) = event { spent.withLock { $0 += recordPasses } }
            progress(event)
        }
        while let shard = shards.first, isLeft() {
            trained += try bringUpToDate(shards: [shard], threads: threads, evidence: evidence, progress: counting)
            shards.removeFirst()
        }
        return try report(trained, left: shards.count)
    }
}
