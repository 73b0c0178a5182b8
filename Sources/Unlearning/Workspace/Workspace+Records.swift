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
                let position = Position(shard: shard, slice: slice)
                let records = try corpus.slice(position, without: pending[position] ?? [])
                guard corpus.summary(records) == summaries[slice] else {
                    throw WorkspaceError.recordsDamaged(path: corpus.url(position).path)
                }
                return records
            }
        }
        return try slices.flatMap { try $0.get() }
    }

    /// Finds what a request is about; see `RecordFinder`.
    func finder(unfinished: Bool = false) throws -> RecordFinder {
        RecordFinder(recipe, key, try corpus(), try index(), pending: try ledger.pending(), unfinished: unfinished)
    }

    /// Accepts a deletion, durably; see `Ledger.accept`. Returns the request's name; nil where all was accepted before.
    func accept(
        _ locations: [RecordLocation], _ evidence: Evidence, request: String?, event: LogEntry.Event = .delete
    ) throws -> String? {
        let corpus = try corpus()
        let pending = try ledger.pending()
        let new = locations.filter { pending[$0.position]?.contains(corpus.tag($0.id)) != true }
        guard !new.isEmpty else { return nil }
        var gone: [Position: [RecordTag]] = [:]
        var left: [Position: SliceSummary] = [:]
        for (position, locations) in Dictionary(grouping: new, by: \.position) {
            let tags = Set(locations.map { corpus.tag($0.id) })
            let live = try corpus.slice(position, without: pending[position] ?? [])
            // A slice that was damaged must not get a new digest, which would hold the damage for the truth.
            let summaries = try ledger.slices(shard: position.shard)
            guard position.slice < summaries.count, corpus.summary(live) == summaries[position.slice] else {
                throw WorkspaceError.recordsDamaged(path: corpus.url(position).path)
            }
            gone[position] = Array(tags)
            left[position] = corpus.summary(live.filter { !tags.contains(corpus.tag($0.record.id)) })
        }
        if let request, try evidence.knows(request) { throw EvidenceError.requestTaken(id: request) }
        let id = request ?? Evidence.randomRequestID()
        let draft = try evidence.draft(id, new, table) { try ledger.stages(shard: $0) }
        var entry = try entry(event, left)
        entry.request = id
        entry.commitments = draft.records.map(\.value)
        try ledger.accept(
            gone, leaving: left, table: table, request: (id, draft.accepted, try evidence.log.note(entry)),
            refusing: recipe.deletedIDs == .refuse)
        return id
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
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { failure = failure ?? error }
        }
        for (position, tags) in try ledger.pending() {
            attempt {
                var (gone, left): ([StoredRecord], [StoredRecord]) = ([], [])
                for stored in try corpus.slice(position) {
                    if tags.contains(corpus.tag(stored.record.id)) { gone.append(stored) } else { left.append(stored) }
                }
                attempt { try features.keep(left.map(\.record), position) }
                // Written once, however often it is asked for.
                guard !gone.isEmpty else { return }
                try index.remove(gone, leaving: left)
                try corpus.replace(position, left)
            }
        }
        if let failure { throw failure }
    }

    /// Removes what killed processes left: half-written files, an unfinished verification, records folders that are not in use.
    func sweep() throws {
        try files.sweep(generation: try ledger.generation())
        // Where the disk has no room for that, the command's own transaction says so.
        if DurableFile.exists(files.journal) { try? ledger.endJournal() }
        try finishAdditions()
        for position in try ledger.pending().keys {
            try corpus().sweep(position)
        }
    }
}
