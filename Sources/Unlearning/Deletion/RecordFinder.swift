internal import Engine

/// Finds the records that a request is about. Reads the slices that may hold them, each once, and no other.
final class RecordFinder {
    private let recipe: Recipe
    private let corpus: Corpus
    private let index: RecordIndex
    private let assignment: Assignment
    private let pending: [Position: Set<RecordTag>]
    /// Accepted deletions that are not finished, where they count as found.
    private let unfinished: [RecordTag: Position]
    private let includesUnfinished: Bool
    private var slices: [Position: [StoredRecord]] = [:]

    /// `unfinished`: Finds records too whose deletion was accepted but not finished, so that giving a command again that was killed or
    /// failed finishes it.
    init(
        _ recipe: Recipe, _ key: WorkspaceKey, _ corpus: Corpus, _ index: RecordIndex,
        pending: [Position: Set<RecordTag>], unfinished includesUnfinished: Bool
    ) {
        self.recipe = recipe
        self.corpus = corpus
        self.index = index
        self.pending = pending
        assignment = Assignment(recipe, key: key)
        var unfinished: [RecordTag: Position] = [:]
        for (position, tags) in pending where includesUnfinished {
            for tag in tags { unfinished[tag] = position }
        }
        self.unfinished = unfinished
        self.includesUnfinished = includesUnfinished
    }

    /// What a request is about.
    struct Found {
        /// Each record once.
        var gone: [RecordLocation] = []
        /// What is left though the text is the same; nil: not known.
        var duplicates: [RecordID]?
        /// Ids that no record has, each once.
        var unknown: [RecordID] = []
    }

    /// An id that no record has is an error, or is passed over where the request says so and something else is found.
    func find(_ request: DeletionRequest) throws -> Found {
        var seen: Set<RecordID> = []
        var (gone, unknown): ([RecordLocation], [RecordID]) = ([], [])
        func take(_ found: [RecordLocation]) { gone += found.filter { seen.insert($0.id).inserted } }
        for id in request.ids {
            if let location = try location(of: id) {
                take([location])
            } else if seen.insert(id).inserted {
                unknown.append(id)
            }
        }
        if !unknown.isEmpty, !request.ignoresUnknown { throw DeletionError.unknownIDs(unknown, of: request.ids.count) }
        for owner in request.owners { take(try records(of: owner)) }
        if gone.isEmpty, !unknown.isEmpty { throw DeletionError.unknownIDs(unknown, of: request.ids.count) }
        if !request.filters.isEmpty { take(try records(meeting: request.filters)) }
        guard request.takesDuplicates else {
            // An index that cannot be read keeps nobody from forgetting.
            guard let found = try? duplicates(of: gone), found.isWhole else {
                return Found(gone: gone, unknown: unknown)
            }
            let left = found.records.filter { !seen.contains($0.id) }.map(\.id)
            return Found(gone: gone, duplicates: left, unknown: unknown)
        }
        let found = try duplicates(of: gone)
        take(found.records)
        return Found(gone: gone, duplicates: found.isWhole ? [] : nil, unknown: unknown)
    }

    /// Nil where no live record has the id, and none whose deletion is not finished.
    private func location(of id: RecordID) throws -> RecordLocation? {
        let rank = assignment.rank(of: id)
        let waiting = unfinished[corpus.tag(id)]
        // It may have come back in another cell, under another owner, before its deletion was finished.
        guard let position = try position(of: id), position != waiting,
            try live(position).contains(where: { $0.record.id == id })
        else {
            return waiting.map { RecordLocation(id: id, position: $0, rank: rank) }
        }
        return RecordLocation(id: id, position: position, rank: rank)
    }

    /// Where an id would be. Where only the index knows and cannot say, all slices are looked through: it keeps nobody from forgetting.
    private func position(of id: RecordID) throws -> Position? {
        guard recipe.placesByMoreThanID else { return assignment.position(of: id, owner: nil) }
        do {
            return try index.positions(.ids, id.rawValue).first
        } catch WorkspaceError.indexDamaged {
            for shard in 0..<recipe.shards {
                for slice in 0..<recipe.slices {
                    let position = Position(shard: shard, slice: slice)
                    if let records = try? corpus.slice(position), records.contains(where: { $0.record.id == id }) {
                        return position
                    }
                }
            }
            return nil
        }
    }

    /// Whether a record has this id that is live, or whose deletion is not finished.
    func knows(_ id: RecordID) throws -> Bool { try unfinished[corpus.tag(id)] != nil || holds(id) }

    /// Whether a live record has this id.
    func holds(_ id: RecordID) throws -> Bool {
        guard let position = try position(of: id) else { return false }
        return try live(position).contains { $0.record.id == id }
    }

    /// Reads the whole corpus, slice by slice: nothing tells where a label or a date is.
    private func records(meeting filters: [RecordFilter]) throws -> [RecordLocation] {
        var found: [RecordLocation] = []
        for shard in 0..<recipe.shards {
            for slice in 0..<recipe.slices {
                let position = Position(shard: shard, slice: slice)
                let gone = includesUnfinished ? [] : pending[position] ?? []
                for stored in try corpus.slice(position, without: gone)
                where filters.allSatisfy({ $0.holds(stored.record, recipe) }) {
                    found.append(RecordLocation(stored))
                }
            }
        }
        if found.isEmpty { throw DeletionError.nothingMeets }
        return found
    }

    private func records(of owner: String) throws -> [RecordLocation] {
        guard recipe.data.columns.owner != nil else { throw DeletionError.noOwners }
        let found = try index.positions(.owners, owner).flatMap { position in
            try (includesUnfinished ? all(position) : live(position)).filter {
                $0.record.owner?.utf8.elementsEqual(owner.utf8) == true
            }.map(
                RecordLocation.init)
        }
        if found.isEmpty { throw DeletionError.unknownOwner(isUnfinished: !pending.isEmpty) }
        return found
    }

    /// Live records with the text of one of these, themselves included; compared byte by byte. `isWhole`: no text was gone already.
    private func duplicates(of locations: [RecordLocation]) throws -> (records: [RecordLocation], isWhole: Bool) {
        var texts: Set<[UInt8]> = []
        var isWhole = true
        for location in locations {
            let record = try all(location.position).first { $0.record.id == location.id }?.record
            if let record { texts.insert(Array(record.text.utf8)) } else { isWhole = false }
        }
        let records = try texts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { text in
            try index.positions(.texts, String(decoding: text, as: UTF8.self)).flatMap { position in
                try live(position).filter { $0.record.text.utf8.elementsEqual(text) }.map(RecordLocation.init)
            }
        }
        return (records, isWhole)
    }

    /// The records of a slice that are not deleted.
    private func live(_ position: Position) throws -> [StoredRecord] {
        let gone = pending[position] ?? []
        return try all(position).filter { gone.isEmpty || !gone.contains(corpus.tag($0.record.id)) }
    }

    /// With those whose deletion is accepted and whose text is still there.
    private func all(_ position: Position) throws -> [StoredRecord] {
        if let held = slices[position] { return held }
        let records = try corpus.slice(position)
        slices[position] = records
        return records
    }
}

extension RecordLocation {
    fileprivate init(_ stored: StoredRecord) {
        self.init(id: stored.record.id, position: stored.position, rank: stored.rank)
    }
}
