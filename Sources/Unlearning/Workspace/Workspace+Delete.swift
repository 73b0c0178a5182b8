extension Workspace {
    /// Forgets records: first so that no answer can use them, then so that nobody could tell that they were ever there.
    ///
    /// Accept: one transaction, after which the plan asks for other keys. Destroy: every checkpoint that no key asks for. Repair:
    /// the touched shards are brought up to date from their last clean slices. An unknown id changes nothing; a repair that
    /// fails (a backbone that went missing, a full disk) takes nothing of the forgetting back.
    @discardableResult
    package func delete(
        _ ids: [RecordID], threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> DeletionReport {
        guard !ids.isEmpty else { throw DeletionError.nothingNamed }
        let clock = ContinuousClock().now
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        let gone = try locate(unique(ids), unfinished: true)
        try accept(gone)
        var influenceFree = 0.0
        let memo = RecordsMemo(self)
        do {
            // What a killed command left behind is finished on the way: a deletion in its shards, a change of recipe in all.
            let isStale = try ledger.fact(Self.staleFact) != nil
            let shards = isStale ? nil : Set(try ledger.pending().keys.map(\.shard)).sorted()
            _ = try bringUpToDate(shards: shards, memo: memo, threads: threads, progress: progress) {
                influenceFree = clock.duration(to: .now).seconds
            }
        } catch {
            throw DeletionError.repairPending(records: gone.count, cause: error)
        }
        var report = try cost(memo).report(gone)
        report.influenceFreeSeconds = influenceFree
        report.seconds = clock.duration(to: .now).seconds
        return report
    }

    /// What a deletion would cost; nothing changes.
    package func planDeletion(_ ids: [RecordID]) throws -> DeletionReport {
        guard !ids.isEmpty else { throw DeletionError.nothingNamed }
        var report = try cost(RecordsMemo(self)).report(locate(unique(ids)))
        report.isDryRun = true
        return report
    }

    private func cost(_ memo: RecordsMemo) -> DeletionCost {
        DeletionCost(recipe: recipe, ledger: ledger) { shard in try memo.records(shard: shard).map(\.placement) }
    }

    private func unique(_ ids: [RecordID]) -> [RecordID] {
        var seen: Set<RecordID> = []
        return ids.filter { seen.insert($0).inserted }
    }
}
