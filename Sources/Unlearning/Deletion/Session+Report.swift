internal import Foundation

/// What a deletion is about, and what it did or would do.
extension Session {
    /// What a request leads to.
    enum Finding {
        case records(RecordFinder.Found)
        /// An earlier command finished it: its receipt, and the ids that it is not about.
        case finished(URL, unknown: [RecordID])
    }

    /// Finds the records of a request, those of a deletion that is not finished included.
    func find(_ request: DeletionRequest) throws -> Finding {
        let evidence = try evidence()
        // A ledger of an earlier version vouches for no index.
        if try !ledger.knowsIndex() { try completeIndex() }
        let finder = finder(unfinished: true)
        do {
            return .records(try finder.find(request))
        } catch let error as DeletionError {
            // It may have been finished, by a command that did not come to its receipt. A record that came back is not
            // deleted by an old one.
            try? evidence.publish()
            guard try !request.ids.contains(where: finder.knows),
                let receipt = try evidence.receipt(
                    named: request.requestID, about: request.ids, searches: request.owners.isEmpty,
                    ignoresUnknown: request.ignoresUnknown)
            else { throw error }
            return .finished(receipt.file, unknown: receipt.unknown)
        }
    }

    /// What finds records; see `RecordFinder`.
    func finder(unfinished: Bool = false) -> RecordFinder {
        RecordFinder(recipe, workspace.key, layout.index, records, seal: ledger.seal, unfinished: unfinished)
    }

    /// What a finished deletion did. `id`: The request's name, as `accept` returned it.
    func report(
        _ found: RecordFinder.Found, _ id: String?, isRepaired: Bool, _ influenceFreeSeconds: Double
    ) throws -> DeletionReport {
        let evidence = try evidence()
        var report = try cost.report(found.gone)
        report.request = id
        // Of a request that an earlier command accepted the name is not known here, only whose record it was about.
        report.receipt =
            try id.flatMap { evidence.receipts[$0] }
            ?? evidence.receipts.values.first { file in
                try found.gone.map(\.id).contains(where: Receipt(contentsOf: file).isAbout)
            }
        (report.duplicates, report.unknown) = (found.duplicates, found.unknown)
        report.isRepaired = isRepaired
        report.influenceFreeSeconds = influenceFreeSeconds
        report.seconds = seconds
        return report
    }

    /// What deletions cost here, counted from the records as they are now.
    var cost: DeletionCost { workspace.cost(records) }
}

extension Workspace {
    func cost(_ records: LiveRecords) -> DeletionCost {
        DeletionCost(recipe: recipe, ledger: ledger, table: table) { shard in
            try records.shard(shard).live.map(\.planRecord)
        }
    }

    /// What a deletion would cost; nothing changes.
    ///
    /// `threads`: With how many its time is predicted.
    package func planDeletion(
        _ request: DeletionRequest, threads: Int = 1, waiting: () -> Void = {}
    ) throws -> DeletionReport {
        try request.check()
        func plan() throws -> DeletionReport {
            let layout = try layout()
            let records = try LiveRecords(layout.corpus, ledger)
            let finder = RecordFinder(recipe, key, layout.index, records, seal: ledger.seal, unfinished: false)
            let found = try finder.find(request)
            var report = try cost(records).report(found.gone)
            (report.duplicates, report.unknown) = (found.duplicates, found.unknown)
            return report
        }
        var report: DeletionReport
        do {
            report = try plan()
        } catch let error as CorpusError {
            // Between two files of a command that writes, ledger and records differ.
            guard let second = try whileNobodyWrites(waiting, plan) else { throw error }
            report = second
        }
        report.isDryRun = true
        report.forecast = forecast(threads: threads)
        return report
    }
}
