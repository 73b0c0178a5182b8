package import Foundation

/// What a repair did.
package struct RepairReport: Sendable {
    /// How many stages were trained.
    package let stagesTrained: Int
    /// Shards that still wait, because the time was over.
    package let shardsLeft: Int
    /// Records that lay in slices and were not the ledger's, as after an old backup was restored.
    package let recordsTakenOut: Int
    /// The receipts of the deletions that are complete now.
    package let receipts: [URL]
    /// Seconds from the call to its end.
    package let seconds: Double
}

extension Workspace {
    /// Trains again the shards of accepted deletions, however many requests wait there, each once from its lowest
    /// touched slice.
    ///
    /// A part of the index that a full disk took away is made anew too, and every slice is compared with the ledger.
    ///
    /// `seconds`, `recordPasses`: No further shard is begun when they are spent; nil: all are. Forgetting was done
    /// before, or is finished first.
    @discardableResult
    package func repair(
        within seconds: Double? = nil, recordPasses: Int? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> RepairReport {
        try write(threads, progress, waiting: waiting) { session in
            let evidence = try session.evidence()
            let (takenOut, problem) = try session.takeOutSurplus()
            func report(_ trained: Int, left: Int) throws -> RepairReport {
                try session.completeIndex()
                try evidence.publish()
                // What waits for a repair does not wait for what else is wrong.
                if let problem { throw problem }
                try session.refuseUnreferenced()
                try session.finish(trained > 0 ? .repair : nil)
                return RepairReport(
                    stagesTrained: trained, shardsLeft: left, recordsTakenOut: takenOut,
                    receipts: evidence.receipts.values.sorted { $0.path < $1.path }, seconds: session.seconds)
            }
            // The shards of deletions, and of commands that did not come to their end, or not to the log.
            var shards = try Set(session.waitingShards).union(ledger.unfinishedShards(orders: table.orders))
                .union(session.unprovenShards()).sorted()
            let stale = try session.stale(shards)
            guard seconds != nil || recordPasses != nil, stale != nil else {
                let trained = try session.bringUpToDate(stale)
                try session.refresh()
                return try report(trained, left: 0)
            }
            // Nothing is left of any record before the first shard is trained.
            var trained = try session.bringUpToDate(shards, trains: false)
            func isLeft() -> Bool {
                session.recordPasses < recordPasses ?? .max && session.seconds < seconds ?? .infinity
            }
            while let shard = shards.first, isLeft() {
                trained += try session.bringUpToDate([shard])
                // What the shard has settled no longer waits.
                try session.refresh()
                shards.removeFirst()
            }
            return try report(trained, left: shards.count)
        }
    }
}

extension Session {
    /// Shards whose checkpoints are not those that the log said last: they were trained, and the command ended before
    /// that was noted.
    fileprivate func unprovenShards() throws -> Set<Int> {
        let (stages, told) = (try ledger.stages(), try ledger.generations(nil))
        return Set((0..<recipe.shards).filter { told[$0] != digests.rows($0, stages[$0] ?? []) })
    }
}
