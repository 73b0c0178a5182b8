internal import Engine
internal import Foundation

/// How records are read: always without the ones whose deletion is accepted.
extension Workspace {
    func corpus() throws -> Corpus {
        Corpus(files.records(try ledger.generation()), recipe, key)
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

    /// Every id's location; an id that no live record has is an error.
    ///
    /// With `unfinished`, a record whose deletion was accepted but not finished is found too, so that giving a command again that was
    /// killed or failed finishes it.
    func locate(_ ids: [RecordID], unfinished includesUnfinished: Bool = false) throws -> [RecordLocation] {
        let corpus = try corpus()
        let assignment = Assignment(recipe, key: key)
        let pending = try ledger.pending()
        var unfinished: [RecordTag: Position] = [:]
        for (position, tags) in pending where includesUnfinished {
            for tag in tags { unfinished[tag] = position }
        }
        var slices: [Position: [RecordID: UInt64]] = [:]
        return try ids.map { id in
            if let position = unfinished[corpus.tag(id)] {
                return RecordLocation(id: id, position: position, rank: assignment.rank(of: id))
            }
            let position =
                try recipe.assignBy == .owner
                ? ledger.ownedPosition(corpus.tag(id)) : assignment.position(of: id, owner: nil)
            guard let position else { throw DeletionError.unknownID(id.rawValue) }
            if slices[position] == nil {
                let records = try corpus.slice(position, without: pending[position] ?? [])
                slices[position] = Dictionary(
                    records.map { ($0.record.id, $0.rank) }, uniquingKeysWith: { first, _ in first })
            }
            guard let rank = slices[position]?[id] else { throw DeletionError.unknownID(id.rawValue) }
            return RecordLocation(id: id, position: position, rank: rank)
        }
    }

    /// Accepts a deletion, durably; see `Ledger.accept`.
    func accept(_ locations: [RecordLocation]) throws {
        let corpus = try corpus()
        let pending = try ledger.pending()
        var gone: [Position: [RecordTag]] = [:]
        var left: [Position: SliceSummary] = [:]
        for (position, locations) in Dictionary(grouping: locations, by: \.position) {
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
        try ledger.accept(gone, leaving: left)
    }

    /// Destroys the features and the text of records whose deletion is accepted: their slices' files are written anew without them.
    ///
    /// What cannot be written keeps nothing else from being destroyed; the first error is thrown at the end. Features go first, because
    /// where there is no room their file goes as a whole, and makes room for the text's.
    func destroyPendingRecords() throws {
        let corpus = try corpus()
        let features = try features()
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch { failure = failure ?? error }
        }
        for (position, tags) in try ledger.pending() {
            attempt {
                let (all, left) = (try corpus.slice(position), try corpus.slice(position, without: tags))
                attempt { try features.keep(left.map(\.record), position) }
                // Written once, however often it is asked for.
                if left.count != all.count { try corpus.replace(position, left) }
            }
        }
        if let failure { throw failure }
    }

    /// Removes what killed processes left: half-written files, an unfinished verification, records folders that are not in use.
    func sweep() throws {
        try files.sweep(generation: try ledger.generation())
        for position in try ledger.pending().keys {
            try corpus().sweep(position)
        }
    }
}
