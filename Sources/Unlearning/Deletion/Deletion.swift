internal import Crypto
internal import Foundation

/// A deletion, whole: accept, destroy, repair, prove. Every other command that trains is the last three of these steps.
///
/// First no answer can use the records, then nobody can tell that they were ever there. Every step is "make this exist"
/// or "make this not exist": a process that was killed is simply run again, and whichever command comes next finishes
/// what it left.
extension Workspace {
    /// Forgets records.
    ///
    /// An unknown id changes nothing; a repair that fails (a backbone that went missing, a full disk) takes nothing of
    /// the forgetting back.
    @discardableResult
    package func delete(
        _ request: DeletionRequest, threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> DeletionReport {
        try request.check()
        try Evidence.check(request.requestID)
        return try write(threads, progress, waiting: waiting) { session in
            let found: RecordFinder.Found
            switch try session.find(request) {
            case .records(let records): found = records
            case .finished(let receipt, let unknown): return .repeated(receipt, unknown: unknown)
            }
            let id = try session.usingReserve { try session.accept(found.gone, request: request.requestID) }
            var influenceFree = 0.0
            do {
                // What a killed command left behind is finished on the way: a deletion in its shards, a change of
                // recipe in all.
                let shards = try session.stale(session.waitingShards)
                let plan = try session.destroy(shards)
                influenceFree = session.seconds
                if !request.defersRepair {
                    programDigest.prepare()
                    try session.repair(plan, shards)
                    try session.prove(plan, shards)
                }
            } catch {
                throw DeletionError.repairPending(records: found.gone.count, cause: error)
            }
            do {
                try session.finish(
                    .delete, CostEntry.Touched.of(found.gone), influenceFreeSeconds: influenceFree)
            } catch {
                throw DeletionError.receiptPending(records: found.gone.count, cause: error)
            }
            return try session.report(found, id, isRepaired: !request.defersRepair, influenceFree)
        }
    }
}

extension Session {
    /// Accepts a deletion: one transaction, durable when this returns, after which the plan asks for other keys, no
    /// reader hands the records out, and the log has its entry. Returns the request's name; nil where all of it was
    /// accepted before.
    func accept(
        _ gone: [PlanRecord], request: String?, event: LogEntry.Event = .delete
    ) throws -> String? {
        let (corpus, index, evidence) = (layout.corpus, layout.index, try evidence())
        let new = gone.filter { records.pending[$0.cell]?.contains(corpus.tag($0.id)) != true }
        guard !new.isEmpty else { return nil }
        var tags: [Cell: [RecordTag]] = [:]
        var left: [Cell: SliceSummary] = [:]
        var leaving: [RecordIndex.Bucket: Set<RecordIndex.Entry>] = [:]
        for (cell, gone) in Dictionary(grouping: new, by: \.cell) {
            let going = Set(gone.map { corpus.tag($0.id) })
            // A slice that was damaged must not get a new digest, which would hold the damage for the truth.
            let live = try records.slice(cell).live
            let rest = corpus.live(live, without: going)
            tags[cell] = Array(going)
            left[cell] = corpus.summary(rest)
            let out = live.filter { going.contains(corpus.tag($0.record.id)) }
            leaving.merge(index.leaving(out, rest)) { $0.union($1) }
        }
        if let request, try evidence.knows(request) { throw ReceiptError.requestTaken(id: request) }
        let id = request ?? Evidence.randomRequestID()
        let draft = try evidence.draft(id, new, table, layout: layout.number) { try ledger.stages(shard: $0) }
        var entry = try entry(event, left)
        entry.request = id
        entry.commitments = draft.records.map(\.value)
        try ledger.accept(
            tags, leaving: left, table: table, request: (id, draft.accepted, try evidence.log.note(entry)),
            refusing: recipe.deletedIDs == .refuse, seals: try seals(without: leaving))
        try refresh(keepsText: true)
        return id
    }

    /// The seals of buckets that are about to lose entries. One that is damaged has none: it is made anew later, as a
    /// whole.
    private func seals(without leaving: [RecordIndex.Bucket: Set<RecordIndex.Entry>]) throws -> RecordIndex.Seals {
        let index = layout.index
        var seals: RecordIndex.Seals = [:]
        for (bucket, leaving) in leaving {
            let held = try? index.entries(of: bucket, ledger.seal(bucket)) { try records.waiting(index) }.live
            seals[bucket] = held.map { index.seal(bucket, $0.filter { !leaving.contains($0) }) } ?? []
        }
        return seals
    }

    /// Destroys what is left of accepted deletions: the checkpoints that no key asks for any more, and of every record
    /// its features, its entries in the index and its text. Returns what there should be. `shards`: nil: all.
    ///
    /// What cannot be written keeps nothing else from being destroyed; the first error is thrown at the end.
    /// Checkpoints need no room on the disk, and make some. Where there is none, files of features and of the index go
    /// as a whole, and make room for the text's, which is last: as long as it is there, what else belongs to the record
    /// is known.
    func destroy(_ shards: [Int]?) throws -> CheckpointPlan {
        let plan = try plan(shards)
        try reconciler.destroyStale(plan, shards: shards)
        try destroyRecords()
        return plan
    }

    /// The files of slices and of buckets are written anew without the records.
    func destroyRecords() throws {
        let (corpus, records) = (layout.corpus, records)
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { failure = failure ?? error }
        }
        for (cell, tags) in records.pending {
            attempt {
                // What lies there, whatever the ledger says of it: of that nothing may stay.
                var (gone, left): ([StoredRecord], [StoredRecord]) = ([], [])
                for stored in try records.kept(cell)?.all ?? corpus.stored(cell) {
                    if tags.contains(corpus.tag(stored.record.id)) { gone.append(stored) } else { left.append(stored) }
                }
                var isRewritten = false
                defer {
                    attempt {
                        try corpus.check(cell, left, records.summary(cell))
                        if isRewritten { records.rewritten(cell, left) }
                    }
                }
                attempt { try layout.features.keep(left.map(\.record), cell) }
                // Written once, however often it is asked for.
                guard !gone.isEmpty else { return }
                try layout.index.remove(gone, leaving: left)
                try corpus.replace(cell, left)
                isRewritten = true
            }
        }
        if let failure { throw failure }
    }

    /// Trains what is missing, from the last clean state of each order. Returns how many stages. `model`: if it is
    /// loaded already; else it is loaded where something is missing, and of the backbone no more than is used.
    @discardableResult
    func repair(_ plan: CheckpointPlan, _ shards: [Int]?, model: Model? = nil) throws -> Int {
        let work = try reconciler.missing(plan, shards: shards)
        if !work.isEmpty { try reconciler.train(work, model: model ?? workspace.model(training: true)) }
        return work.reduce(0) { $0 + $1.stages.count }
    }

    /// Notes, in one transaction, that shards are what the plan asks for, with everything that follows: deletions are
    /// complete, the log says so and which checkpoints there are now, and complete requests get their statements.
    /// `shards`: nil: all.
    ///
    /// Where a deletion has changed the slices of `plan` meanwhile, nothing is noted.
    func prove(_ plan: CheckpointPlan, _ shards: [Int]?) throws {
        let evidence = try evidence()
        var settlement = Ledger.Settlement(shards: shards, worked: plan.slices)
        let named = shards ?? Array(0..<recipe.shards)
        let (stages, known) = (try ledger.stages(shards), try ledger.generations(shards))
        for shard in named {
            let digest = digests.rows(shard, stages[shard] ?? [])
            if known[shard] != digest { settlement.generations[shard] = digest }
        }
        func told(_ shard: Int) -> LogEntry.Shard {
            let rows = stages[shard] ?? []
            return LogEntry.Shard(
                shard: shard + 1, generation: digests.state(shard, rows), rows: digests.rows(shard, rows))
        }
        let waiting = Set(waitingShards).subtracting(named)
        var inReceipts: Set<Int> = []
        for request in try ledger.requests() where request.entry == nil {
            guard var draft = try evidence.draft(request.id) else {
                // The draft is gone, and with it which shards they are: complete when all are, without a receipt.
                guard waiting.isEmpty else { continue }
                var entry = LogEntry(.purge)
                entry.request = request.id
                settlement.notes.append(try evidence.log.note(entry))
                evidence.lose(request.id)
                settlement.finished.append(request.id)
                continue
            }
            guard waiting.isDisjoint(with: draft.shards.map(\.shard)) else { continue }
            // Of slices that have changed meanwhile nothing is said; the transaction looks again.
            guard try draft.shards.allSatisfy({ try isCurrent(plan, $0.shard) }) else { throw LedgerError.planChanged }
            let statement = try statement(of: draft)
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
        settlement.quiet = Set(0..<recipe.shards).subtracting(named).subtracting(waiting)
        try ledger.settle(settlement)
        workspace.files.keepReserve()
    }

    /// Whether the slices of a shard are those of the plan. One that the plan does not have is in no receipt.
    private func isCurrent(_ plan: CheckpointPlan, _ shard: Int) throws -> Bool {
        guard plan.slices.indices.contains(shard), !plan.slices[shard].isEmpty else { return true }
        return try ledger.slices(shard: shard) == plan.slices[shard]
    }

    /// Destroy, repair, prove: what train, resume, add and repair do when nothing, or nothing more, is to be accepted.
    /// Returns how many stages it trained. `trains`: Whether what is missing is trained; else it stays missing.
    @discardableResult
    func bringUpToDate(_ shards: [Int]? = nil, model: Model? = nil, trains: Bool = true) throws -> Int {
        let plan = try destroy(shards)
        guard trains else { return 0 }
        let trained = try repair(plan, shards, model: model)
        try prove(plan, shards)
        return trained
    }
}
