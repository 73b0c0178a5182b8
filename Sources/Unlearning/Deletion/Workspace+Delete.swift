extension Workspace {
    /// Forgets records: first so that no answer can use them, then so that nobody could tell that they were ever there.
    ///
    /// Accept: one transaction, after which the plan asks for other keys. Destroy: every checkpoint that no key asks for. Repair:
    /// the touched shards are brought up to date from their last clean slices. An unknown id changes nothing; a repair that
    /// fails (a backbone that went missing, a full disk) takes nothing of the forgetting back.
    @discardableResult
    package func delete(
        _ request: DeletionRequest, threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> DeletionReport {
        try request.check()
        try Evidence.check(request.requestID)
        let clock = ContinuousClock().now
        let meter = CostMeter()
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        var evidence = try evidence()
        // A ledger of an earlier version vouches for no index.
        if try !ledger.knowsIndex() { try completeIndex() }
        let finder = try finder(unfinished: true)
        let found: RecordFinder.Found
        do {
            found = try finder.find(request)
        } catch let error as DeletionError {
            // It may have been finished, by a command that did not come to its receipt. A record that came back is not deleted by an
            // old one.
            try? evidence.publish()
            guard try !request.ids.contains(where: finder.knows), let receipt = try evidence.receipt(of: request) else {
                throw error
            }
            return .repeated(receipt.file, unknown: receipt.unknown)
        }
        let id = try acceptWithReserve(found.gone, &evidence, request: request.requestID)
        var influenceFree = 0.0
        let memo = RecordsMemo(self)
        do {
            // What a killed command left behind is finished on the way: a deletion in its shards, a change of recipe in all.
            let isStale = try ledger.fact(Self.staleFact) != nil
            let shards = isStale ? nil : Set(try ledger.pending().keys.map(\.shard)).sorted()
            _ = try bringUpToDate(
                shards: shards, memo: memo, threads: threads, trains: !request.defersRepair,
                evidence: evidence, progress: meter.watching(progress)
            ) {
                influenceFree = clock.duration(to: .now).seconds
                if !request.defersRepair { ReceiptStatement.Software.prepare() }
            }
        } catch {
            throw DeletionError.repairPending(records: found.gone.count, cause: error)
        }
        var report = try cost(memo).report(found.gone)
        do {
            try evidence.publish()
        } catch {
            throw DeletionError.receiptPending(records: found.gone.count, cause: error)
        }
        report.request = id
        // Of a request that an earlier command accepted the name is not known here, only whose record it was about.
        report.receipt =
            try id.flatMap { evidence.receipts[$0] }
            ?? evidence.receipts.values.first { file in
                try found.gone.map(\.id).contains(where: Receipt(contentsOf: file).isAbout)
            }
        (report.duplicates, report.unknown) = (found.duplicates, found.unknown)
        report.isRepaired = !request.defersRepair
        report.influenceFreeSeconds = influenceFree
        report.seconds = clock.duration(to: .now).seconds
        try costBook.append(
            meter.entry(
                .delete, CostEntry.Touched.of(found.gone), plan: costPlan(), threads: threads,
                influenceFreeSeconds: influenceFree))
        return report
    }

    /// Accepts a deletion; on a full disk with the room that was kept for it.
    private func acceptWithReserve(
        _ gone: [PlanRecord], _ evidence: inout Evidence, request: String?
    ) throws -> String? {
        do {
            return try accept(gone, evidence, request: request)
        } catch  where Ledger.isFull(error) {
            // What this attempt noted is not in the ledger, so the next begins anew.
            try DurableFile.remove([files.reserve])
            evidence = try Evidence(self, goesWithout: true)
            return try accept(gone, evidence, request: request)
        }
    }

    /// What a deletion would cost; nothing changes.
    ///
    /// `threads`: With how many its time is foretold.
    package func planDeletion(
        _ request: DeletionRequest, threads: Int = 1, waiting: () -> Void = {}
    ) throws -> DeletionReport {
        try request.check()
        func plan() throws -> DeletionReport {
            let found = try finder().find(request)
            var report = try cost(RecordsMemo(self)).report(found.gone)
            (report.duplicates, report.unknown) = (found.duplicates, found.unknown)
            return report
        }
        var report: DeletionReport
        do {
            report = try plan()
        } catch let error as WorkspaceError {
            // Between two files of a command that writes, ledger and records differ.
            guard let second = try whileNobodyWrites(waiting, plan) else { throw error }
            report = second
        }
        report.isDryRun = true
        report.forecast = forecast(threads: threads)
        return report
    }

    func cost(_ memo: RecordsMemo) -> DeletionCost {
        DeletionCost(recipe: recipe, ledger: ledger, table: table) { shard in
            try memo.records(shard: shard).map(\.planRecord)
        }
    }
}
