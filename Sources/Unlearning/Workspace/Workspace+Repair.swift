/// What a repair did.
package struct RepairReport: Sendable {
    package let stagesTrained: Int
    /// Shards that still wait, because the time was over.
    package let shardsLeft: Int
    package let seconds: Double
}

extension Workspace {
    /// Trains again the shards of accepted deletions, however many requests wait there, each once from its lowest touched slice.
    ///
    /// A part of the index that a full disk took away is made anew too.
    ///
    /// `seconds`: No further shard is begun after them; nil: all are. Forgetting was done before, or is finished first.
    @discardableResult
    package func repair(
        within seconds: Double? = nil, threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> RepairReport {
        let clock = ContinuousClock().now
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        func elapsed() -> Double { clock.duration(to: .now).seconds }
        if try ledger.fact(Self.staleFact) != nil {
            let trained = try bringUpToDate(threads: threads, progress: progress)
            try completeIndex()
            return RepairReport(stagesTrained: trained, shardsLeft: 0, seconds: elapsed())
        }
        var waitingShards = Set(try ledger.pending().keys.map(\.shard)).sorted()
        // Nothing is left of any record before the first shard is trained.
        _ = try bringUpToDate(shards: waitingShards, threads: threads, trains: false, progress: progress)
        var trained = 0
        guard let seconds else {
            trained = try bringUpToDate(shards: waitingShards, threads: threads, progress: progress)
            try completeIndex()
            return RepairReport(stagesTrained: trained, shardsLeft: 0, seconds: elapsed())
        }
        while let shard = waitingShards.first, elapsed() < seconds {
            trained += try bringUpToDate(shards: [shard], threads: threads, progress: progress)
            waitingShards.removeFirst()
        }
        try completeIndex()
        return RepairReport(stagesTrained: trained, shardsLeft: waitingShards.count, seconds: elapsed())
    }
}
