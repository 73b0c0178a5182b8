internal import Engine
internal import Foundation

/// How records are read: always without the ones whose deletion is accepted.
extension Workspace {
    func corpus() throws -> Corpus {
        Corpus(files.records(try ledger.generation()), recipe, key)
    }

    func index() throws -> RecordIndex {
        RecordIndex(files.index(try ledger.generation()), recipe, key)
    }

    /// Where the features of the records are kept.
    func features() throws -> FeatureStore {
        FeatureStore(files.features(try ledger.generation()), recipe, key, backbone: try backboneDigest())
    }

    /// The records of one shard in canonical order: slice, rank, id. Every slice is checked against the ledger's digest.
    package func records(shard: Int, threads: Int = 1) throws -> [StoredRecord] {
        let corpus = try corpus()
        let pending = try ledger.pending()
        let summaries = try ledger.slices(shard: shard)
        let slices = Parallel.map(summaries.count, threads: threads) { slice in
            Result {
                let cell = Cell(shard: shard, slice: slice)
                return try corpus.checked(cell, summaries[slice], without: pending[cell] ?? []).live
            }
        }
        return try slices.flatMap { try $0.get() }
    }

    /// Finds what a request is about; see `RecordFinder`.
    func finder(unfinished: Bool = false) throws -> RecordFinder {
        RecordFinder(
            recipe, key, try corpus(), try index(), try liveRecords(), seal: ledger.seal, unfinished: unfinished)
    }

    func liveRecords() throws -> LiveRecords { try LiveRecords(corpus(), ledger) }

    /// Accepts a deletion, durably; see `Ledger.accept`. Returns the request's name; nil where all was accepted before.
    func accept(
        _ locations: [PlanRecord], _ evidence: Evidence, request: String?, event: LogEntry.Event = .delete
    ) throws -> String? {
        let (corpus, records) = (try corpus(), try liveRecords())
        let new = locations.filter { records.pending[$0.cell]?.contains(corpus.tag($0.id)) != true }
        guard !new.isEmpty else { return nil }
        var gone: [Cell: [RecordTag]] = [:]
        var left: [Cell: SliceSummary] = [:]
        var leaving: [RecordIndex.Bucket: Set<RecordIndex.Entry>] = [:]
        let index = try index()
        for (cell, locations) in Dictionary(grouping: new, by: \.cell) {
            let tags = Set(locations.map { corpus.tag($0.id) })
            // A slice that was damaged must not get a new digest, which would hold the damage for the truth.
            let live = try records.live(cell)
            gone[cell] = Array(tags)
            let rest = corpus.live(live, without: tags)
            left[cell] = corpus.summary(rest)
            let going = live.filter { tags.contains(corpus.tag($0.record.id)) }
            leaving.merge(index.leaving(going, rest)) { $0.union($1) }
        }
        if let request, try evidence.knows(request) { throw EvidenceError.requestTaken(id: request) }
        let id = request ?? Evidence.randomRequestID()
        let draft = try evidence.draft(id, new, table) { try ledger.stages(shard: $0) }
        var entry = try entry(event, left)
        entry.request = id
        entry.commitments = draft.records.map(\.value)
        try ledger.accept(
            gone, leaving: left, table: table, request: (id, draft.accepted, try evidence.log.note(entry)),
            refusing: recipe.deletedIDs == .refuse, seals: seals(without: leaving, index, records))
        return id
    }

    /// The seals of buckets that are about to lose entries. One that is damaged has none: it is made anew later, as a whole.
    private func seals(
        without leaving: [RecordIndex.Bucket: Set<RecordIndex.Entry>], _ index: RecordIndex, _ records: LiveRecords
    ) throws -> RecordIndex.Seals {
        var seals: RecordIndex.Seals = [:]
        for (bucket, leaving) in leaving {
            let held = try? index.entries(of: bucket, ledger.seal(bucket)) { try records.waiting(index) }.live
            seals[bucket] = held.map { index.seal(bucket, $0.filter { !leaving.contains($0) }) } ?? []
        }
        return seals
    }

    /// Destroys the features, the index's entries and the text of records whose deletion is accepted: the files of their slices and
    /// buckets are written anew without them.
    ///
    /// What cannot be written keeps nothing else from being destroyed; the first error is thrown at the end. Where there is no room the
    /// files of features and of the index go as a whole, and make room for the text's, which is last: as long as it is there, what else
    /// belongs to the record is known.
    func destroyPendingRecords() throws {
        let corpus = try corpus()
        let index = try index()
        let features = try features()
        let records = try liveRecords()
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { failure = failure ?? error }
        }
        for (cell, tags) in records.pending {
            attempt {
                // What lies there, whatever the ledger says of it: of that nothing may stay.
                var (gone, left): ([StoredRecord], [StoredRecord]) = ([], [])
                for stored in try corpus.stored(cell) {
                    if tags.contains(corpus.tag(stored.record.id)) { gone.append(stored) } else { left.append(stored) }
                }
                defer { attempt { try corpus.check(cell, left, records.summary(cell)) } }
                attempt { try features.keep(left.map(\.record), cell) }
                // Written once, however often it is asked for.
                guard !gone.isEmpty else { return }
                try index.remove(gone, leaving: left)
                try corpus.replace(cell, left)
            }
        }
        if let failure { throw failure }
    }

    /// Removes what killed processes left: half-written files, an unfinished verification, records folders that are not in use.
    func sweep() throws {
        try files.sweep(generation: try ledger.generation())
        // Where the disk has no room for that, the command's own transaction says so.
        if try DurableFile.exists(files.journal) { try? ledger.endJournal() }
        try finishAdditions()
        for cell in try ledger.pending().keys {
            try corpus().sweep(cell)
        }
    }
}
