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
        try files.sweep()
        let gone = try ledger.accept(deletionOf: unique(ids), RecordDigest(key))
        // What a killed deletion left behind is finished on the way.
        let shards = try ledger.pendingShards()
        let plan = CheckpointPlan(try ledger.slices(), chain: chain(try backboneDigest()))
        for shard in shards { try store.removeAll(shard: shard, except: plan.keys(shard: shard)) }
        let influenceFree = clock.duration(to: .now).seconds
        do {
            _ = try bringUpToDate(shards: shards, threads: threads, progress: progress)
        } catch {
            throw DeletionError.repairPending(records: gone.count, cause: error)
        }
        var report = try DeletionCost(recipe: recipe, ledger: ledger).report(gone)
        report.influenceFreeSeconds = influenceFree
        report.seconds = clock.duration(to: .now).seconds
        return report
    }

    /// What a deletion would cost; nothing changes.
    package func planDeletion(_ ids: [RecordID]) throws -> DeletionReport {
        guard !ids.isEmpty else { throw DeletionError.nothingNamed }
        let ids = unique(ids)
        let locations = try zip(ids, ledger.locations(of: ids)).map { id, location in
            guard let location else { throw DeletionError.unknownID(id.rawValue) }
            return location
        }
        var report = try DeletionCost(recipe: recipe, ledger: ledger).report(locations)
        report.isDryRun = true
        return report
    }

    private func unique(_ ids: [RecordID]) -> [RecordID] {
        var seen: Set<RecordID> = []
        return ids.filter { seen.insert($0).inserted }
    }
}
