package import Foundation

/// What a replay did.
package struct ReplayReport: Sendable {
    /// Entries of the log that the workspace did not know.
    package let entries: Int
    package let recordsDeleted: Int
    /// Entries about records that were added: only their source has them.
    package let additions: Int
    package let receipts: [URL]
}

extension Workspace {
    /// Makes the deletions again that the log knows and this workspace, restored from an old copy, does not.
    ///
    /// Which records they were, only the receipts tell. `files`: Receipts that do not lie in the workspace.
    @discardableResult
    package func replay(
        _ files: [URL] = [], threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> ReplayReport {
        let lock = try WorkspaceLock(self.files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        guard let state = try ledger.logState(), let note = try evidenceLog.note() else {
            throw EvidenceError.noLog(path: root.path)
        }
        let key = try SigningKey(contentsOf: self.files.signingKey)
        // A key that the log names now and this copy has not: then it was rotated since.
        guard let key, let head = LogHead(note: note, signedBy: key.verification), head.origin == state.origin else {
            throw EvidenceError.otherKey(path: self.files.signingKey.path)
        }
        let entries = head.size > state.size ? try logEntries() : []
        // What this copy knew must be how the log began.
        guard try entries.isEmpty || state.root == nil || evidenceLog.tree(state.size).root() == state.root else {
            throw EvidenceError.logForked(path: self.files.log.path)
        }
        let unknown = entries.dropFirst(state.size)
        let deletions = unknown.filter { $0.event == .delete || ($0.event == .replay && $0.commitments != nil) }
        let gone = try locations(of: deletions, files)
        let now = LogState(
            origin: head.origin, size: max(head.size, state.size), root: entries.isEmpty ? state.root : head.root,
            key: key.verification, outbox: entries.isEmpty ? state.outbox : [:])
        let evidence = try Evidence(self, state: now)
        if !entries.isEmpty, try accept(gone, evidence, request: nil, event: .replay) == nil {
            var settlement = Ledger.Settlement(shards: [])
            settlement.notes = [try evidence.log.note(LogEntry(.replay))]
            try ledger.settle(settlement)
        }
        try evidence.sweep()
        try evidence.keep(files)
        let shards = Set(try ledger.pending().keys.map(\.shard)).sorted()
        _ = try bringUpToDate(shards: shards, threads: threads, evidence: evidence, progress: progress)
        try evidence.publish()
        return ReplayReport(
            entries: unknown.count, recordsDeleted: gone.count, additions: unknown.count { $0.event == .add },
            receipts: evidence.receipts.values.sorted { $0.path < $1.path })
    }

    /// The records here that logged deletions were about. One that is not here was added after the copy was made.
    private func locations(of deletions: [LogEntry], _ files: [URL]) throws -> [RecordLocation] {
        let receipts = try (files + receiptFiles()).map { try Receipt(contentsOf: $0) }
        var commitments: [Commitment] = []
        var missing: [String] = []
        for deletion in deletions {
            let own = receipts.filter { $0.statement?.predicate.request == deletion.request }.flatMap(\.commitments)
            // A deletion that was accepted and never completed has its salts in its draft.
            let draft = try deletion.request.flatMap { try DeletionDraft(contentsOf: self.files.request($0)) }
            let known = (own + (draft?.records ?? [])).filter {
                deletion.commitments?.contains($0.value) == true && !$0.salt.isEmpty
            }
            if Set(known.map(\.value)).count < deletion.commitments?.count ?? 0 {
                missing.append(deletion.request ?? "?")
            }
            commitments += known
        }
        guard missing.isEmpty else { throw EvidenceError.saltsMissing(requests: missing) }
        guard !commitments.isEmpty else { return [] }
        let records = try liveRecords()
        var found: [RecordLocation] = []
        for shard in 0..<recipe.shards {
            for slice in 0..<recipe.slices {
                let position = Position(shard: shard, slice: slice)
                for stored in try records.live(position)
                where commitments.contains(where: { $0.isOf(stored.record.id) }) {
                    found.append(RecordLocation(id: stored.record.id, position: position, rank: stored.rank))
                }
            }
        }
        return found
    }
}
