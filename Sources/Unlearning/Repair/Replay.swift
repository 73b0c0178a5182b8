package import Foundation

/// A receipt that a replay looks at.
private struct Replayed {
    enum Standing {
        /// Its deletion is in the log.
        case logged
        /// This workspace signed it, and its log does not know of it: log and records were set back behind it together.
        case lost
        case foreign(ReplayReport.Left.Reason)
    }

    let file: URL
    let receipt: Receipt
    let standing: Standing
    /// Or another copy of it is.
    let isNamed: Bool
    /// The named copy is told of instead.
    let isOtherCopy: Bool
    let commitments: [Commitment]

    var isLost: Bool { if case .lost = standing { true } else { false } }
    var isLogged: Bool { if case .logged = standing { true } else { false } }

    func isAbout(_ record: PlanRecord) -> Bool { commitments.contains { $0.isOf(record.id) } }
}

extension Workspace {
    /// Makes the deletions again that this workspace, restored from an old copy, does not know: those of the log, where
    /// that is newer, and those of receipts that this workspace signed and the log does not hold, where that was set
    /// back too.
    ///
    /// Which records they were, only the receipts tell. `files`: Receipts that do not lie in the workspace. Of each the
    /// report says what is left to do.
    @discardableResult
    package func replay(
        _ files: [URL] = [], threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> ReplayReport {
        try write(threads, progress, waiting: waiting) { session in try session.replay(files) }
    }
}

extension Session {
    /// The same, for a process that holds the lock.
    fileprivate func replay(_ files: [URL]) throws -> ReplayReport {
        let (own, log) = (workspace.files, workspace.evidenceLog)
        guard let state = try ledger.logState() else { throw LogError.noLog(path: workspace.root.path) }
        guard let note = try log.note() else { throw LogError.logDamaged(path: log.checkpoint.path) }
        let key = try SigningKey(contentsOf: own[.signingKey])
        // A key that the log names now and this copy has not: then it was rotated since.
        guard let key, let head = LogHead(note: note, signedBy: key.verification), head.origin == state.origin else {
            throw LogError.otherKey(path: own[.signingKey].path)
        }
        let entries = head.size > state.size ? try workspace.logEntries() : []
        // What this copy knew must be how the log began.
        guard try entries.isEmpty || state.root == nil || log.tree(state.size).root() == state.root else {
            throw LogError.logForked(path: own[.log].path)
        }
        let now = LogState(
            origin: head.origin, size: max(head.size, state.size), root: entries.isEmpty ? state.root : head.root,
            key: key.verification, outbox: entries.isEmpty ? state.outbox : [:])
        let evidence = try openEvidence(now)
        // What it says is what decides here.
        if let problem = evidence.log.problem { throw problem }
        let receipts = try replayed(files, head)
        let unknown = entries.dropFirst(state.size)
        let logged = try commitments(
            of: unknown.filter { $0.event == .delete || ($0.event == .replay && $0.commitments != nil) }, receipts)
        let found = try live(logged + receipts.filter { $0.isNamed || $0.isLost }.flatMap(\.commitments))
        // What only lies here is not asked for: its records may have been added again after they were deleted again.
        let gone = found.filter { record in
            logged.contains { $0.isOf(record.id) }
                || receipts.contains { $0.isNamed && $0.isLost && $0.isAbout(record) }
        }
        if try accept(gone, request: nil, event: .replay) == nil, !entries.isEmpty {
            var settlement = Ledger.Settlement(shards: [])
            settlement.notes = [try evidence.log.note(LogEntry(.replay))]
            try ledger.settle(settlement)
        }
        try evidence.sweep()
        try evidence.keep(receipts.filter { $0.isNamed && $0.isLogged }.map(\.receipt))
        try bringUpToDate(waitingShards)
        try finish(nil)
        return ReplayReport(
            entries: unknown.count, recordsDeleted: gone.count, additions: unknown.count { $0.event == .add },
            receipts: evidence.receipts.values.sorted { $0.path < $1.path },
            left: receipts.filter { !$0.isOtherCopy }.flatMap {
                left($0, found.filter { !gone.contains($0) }, receipts)
            })
    }

    /// What is left of a receipt when `found`, records that are live, stay.
    private func left(
        _ replayed: Replayed, _ found: [PlanRecord], _ receipts: [Replayed]
    ) -> [ReplayReport.Left] {
        let ids = found.filter(replayed.isAbout).map(\.id)
        func left(_ reason: ReplayReport.Left.Reason) -> [ReplayReport.Left] {
            [ReplayReport.Left(receipt: replayed.file, reason: reason, ids: ids)]
        }
        guard replayed.isNamed else { return replayed.isLost && !ids.isEmpty ? left(.notNamed) : [] }
        switch replayed.standing {
        case .logged: return ids.isEmpty ? [] : left(.cameBack)
        case .lost:
            let told = Set(receipts.flatMap(\.commitments).filter { !$0.salt.isEmpty }.map(\.value))
            let withheld = replayed.commitments.count { !told.contains($0.value) }
            return withheld == 0 ? [] : left(.withheld(withheld))
        case .foreign(let reason): return left(reason)
        }
    }

    /// The receipts that are named and those that lie here, with what the log says of each.
    private func replayed(_ files: [URL], _ head: LogHead) throws -> [Replayed] {
        let keys = try workspace.verificationKeys()
        let named = try files.map { ($0, try Receipt(InputFile($0)), false) }
        let payloads = Set(named.map(\.1.payload))
        let kept = try workspace.receiptFiles().map { file in
            let receipt = try Receipt(contentsOf: file)
            return (file, receipt, payloads.contains(receipt.payload))
        }
        return try (named + kept).map { file, receipt, isOtherCopy in
            let faults = keys.map { receipt.fault($0) }
            let standing: Replayed.Standing
            if receipt.statement?.predicate.planKey != digests.fingerprint {
                standing = .foreign(.otherWorkspace)
            } else if !faults.contains(nil) {
                standing = .foreign(.unproven(faults.last.flatMap(\.self) ?? "it says nothing"))
            } else if let place = receipt.place, place.index < head.size,
                try workspace.evidenceLog.entry(place.index) == Array(receipt.logEntry.utf8)
            {
                standing = .logged
            } else {
                standing = .lost
            }
            return Replayed(
                file: file, receipt: receipt, standing: standing, isNamed: payloads.contains(receipt.payload),
                isOtherCopy: isOtherCopy, commitments: receipt.commitments)
        }
    }

    /// What deletions of the log were about.
    private func commitments(of deletions: some Sequence<LogEntry>, _ receipts: [Replayed]) throws -> [Commitment] {
        var commitments: [Commitment] = []
        var missing: [String] = []
        for deletion in deletions {
            let own = receipts.filter { $0.receipt.statement?.predicate.request == deletion.request }
                .flatMap(\.commitments)
            // A deletion that was accepted and never completed has its salts in its draft.
            let draft = try deletion.request.flatMap { try DeletionDraft(contentsOf: workspace.files.request($0)) }
            let known = (own + (draft?.records ?? [])).filter {
                deletion.commitments?.contains($0.value) == true && !$0.salt.isEmpty
            }
            if Set(known.map(\.value)).count < deletion.commitments?.count ?? 0 {
                missing.append(deletion.request ?? "?")
            }
            commitments += known
        }
        guard missing.isEmpty else { throw ReceiptError.saltsMissing(requests: missing) }
        return commitments
    }

    /// The records here that commitments are about. One that is not here was never here, or is deleted.
    private func live(_ commitments: [Commitment]) throws -> [PlanRecord] {
        let commitments = Array(
            Dictionary(
                commitments.filter { !$0.salt.isEmpty }.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first }
            ).values)
        guard !commitments.isEmpty else { return [] }
        var found: [PlanRecord] = []
        for shard in 0..<recipe.shards {
            for slice in 0..<recipe.slices {
                let cell = Cell(shard: shard, slice: slice)
                for stored in try records.slice(cell, keeps: false).live
                where commitments.contains(where: { $0.isOf(stored.record.id) }) {
                    found.append(stored.planRecord)
                }
            }
        }
        return found
    }
}
