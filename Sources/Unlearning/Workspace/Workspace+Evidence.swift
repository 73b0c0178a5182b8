internal import Crypto
internal import Engine
internal import Foundation

/// How the steps of a workspace become entries and receipts.
extension Workspace {
    var digests: EvidenceDigest { EvidenceDigest(key) }

    /// What a command that changes this workspace leaves as proof; what a killed one left of that is finished or taken back.
    func evidence() throws -> Evidence {
        let evidence = try Evidence(self)
        try evidence.sweep()
        return evidence
    }

    /// Refuses a workspace that is older than its log: records may be in it that were deleted since.
    ///
    /// The log is read first: a writer puts an entry into the ledger before it puts it there.
    func checkAge() throws {
        let head: LogHead?
        do {
            head = try EvidenceLog(folder: files.log).head()
        } catch let error as StorageError where !error.isDamage {
            throw error
        } catch {
            // A log that is damaged says nothing; `sisa log consistency` and every writer do.
            return
        }
        guard let head, let state = try ledger.logState() else { return }
        if head.size > state.size { throw EvidenceError.restored(known: state.size, logged: head.size) }
        if head.size == state.size, head.root != state.root ?? head.root {
            throw EvidenceError.logForked(path: files.log.path)
        }
    }

    /// What begins a log: the records that are there.
    func ingestEntry(_ key: VerificationKey) throws -> LogEntry {
        var entry = entry(.ingest, try ledger.slices(), recipe, backbone: try backboneDigest())
        entry.publicKey = Data(key.bytes).base64EncodedString()
        return entry
    }

    /// The entry of a plan that is new: all shards, and what decides their weights.
    func entry(
        _ event: LogEntry.Event, _ slices: [[SliceSummary]], _ recipe: Recipe, backbone: [UInt8]
    ) -> LogEntry {
        var entry = LogEntry(event)
        entry.shards = slices.enumerated().map { LogEntry.Shard(shard: $0 + 1, records: digests.records($0, $1)) }
        entry.plan = digests.plan(recipe)
        entry.backbone = backbone.hexadecimal
        entry.numerics = numericsVersion
        return entry
    }

    /// The entry of records that leave or enter cells. `summaries`: of these cells, afterwards.
    func entry(_ event: LogEntry.Event, _ summaries: [Cell: SliceSummary]) throws -> LogEntry {
        var entry = LogEntry(event)
        entry.shards = try Dictionary(grouping: summaries.keys, by: \.shard).sorted { $0.key < $1.key }.map {
            shard, cells in
            var slices = try ledger.slices(shard: shard)
            for cell in cells where cell.slice < slices.count {
                slices[cell.slice] = summaries[cell] ?? slices[cell.slice]
            }
            return LogEntry.Shard(
                shard: shard + 1, slices: cells.map { $0.slice + 1 }.sorted(), records: digests.records(shard, slices))
        }
        return entry
    }

    /// Notes that shards are what the plan asks for, with everything that follows from it: deletions are settled, the log says which
    /// checkpoints there are now, and complete requests get their statements. nil: all shards.
    ///
    /// `worked`: The slices, by shard, for which that is so: where a deletion has changed them meanwhile, nothing is noted.
    func settle(_ shards: [Int]?, _ worked: [[SliceSummary]], _ evidence: Evidence?, _ memo: RecordsMemo) throws {
        var settlement = Ledger.Settlement(shards: shards, worked: worked)
        guard let evidence else { return try ledger.settle(settlement) }
        let named = shards ?? Array(0..<recipe.shards)
        let known = try ledger.generations(shards)
        let rows = try shards.map {
            try Dictionary(uniqueKeysWithValues: $0.map { ($0, try ledger.stages(shard: $0)) })
        }
        let stages = try rows ?? ledger.stages()
        for shard in named {
            let digest = digests.rows(shard, stages[shard] ?? [])
            if known[shard] != digest { settlement.generations[shard] = digest }
        }
        func told(_ shard: Int) -> LogEntry.Shard {
            let rows = stages[shard] ?? []
            return LogEntry.Shard(
                shard: shard + 1, generation: digests.generation(shard, rows), rows: digests.rows(shard, rows))
        }
        let waiting = try Set(ledger.pending().keys.map(\.shard)).subtracting(named)
        var inReceipts: Set<Int> = []
        for request in try ledger.requests() {
            guard var draft = try evidence.draft(request.id) else {
                if request.entry == nil {
                    // The draft is gone, and with it which shards they are: complete when all are, without a receipt.
                    guard waiting.isEmpty else { continue }
                    var entry = LogEntry(.purge)
                    entry.request = request.id
                    settlement.notes.append(try evidence.log.note(entry))
                    evidence.lose(request.id)
                    settlement.finished.append(request.id)
                }
                continue
            }
            guard request.entry == nil, waiting.isDisjoint(with: draft.shards.map(\.shard)) else { continue }
            let statement = try statement(of: draft, memo)
            draft.statement = statement
            try evidence.save(draft)
            var entry = LogEntry(.purge)
            entry.request = request.id
            entry.statement = Array(SHA256.hash(data: statement)).hexadecimal
            entry.shards = draft.shards.map { told($0.shard) }
            inReceipts.formUnion(draft.shards.map(\.shard))
            let note = try evidence.log.note(entry)
            settlement.completed.append((request.id, note.index))
            settlement.notes.append(note)
        }
        let rest = settlement.generations.keys.filter { !inReceipts.contains($0) }.sorted()
        if !rest.isEmpty {
            var entry = LogEntry(.train)
            entry.shards = rest.map(told)
            settlement.notes.append(try evidence.log.note(entry))
        }
        try ledger.settle(settlement)
        files.keepReserve()
    }
}
