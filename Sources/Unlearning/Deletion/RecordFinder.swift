internal import Engine
internal import Foundation

/// Finds the records that a request is about. Reads the slices that may hold them, each once, and no other.
///
/// Every slice and every entry of the index that it follows is what the ledger says, or the request ends with an error: "none" is said of what
/// was read, never of what could not be.
final class RecordFinder {
    private let recipe: Recipe
    private let corpus: Corpus
    private let index: RecordIndex
    private let assignment: Assignment
    private let records: LiveRecords
    /// What the ledger says of a bucket.
    private let seal: (RecordIndex.Bucket) throws -> [UInt8]?
    /// Accepted deletions that are not finished, where they count as found.
    private let unfinished: [RecordTag: Position]
    private let includesUnfinished: Bool
    private var slices: [Position: [StoredRecord]] = [:]

    /// `unfinished`: Finds records too whose deletion was accepted but not finished, so that giving a command again that was killed or
    /// failed finishes it.
    init(
        _ recipe: Recipe, _ key: WorkspaceKey, _ corpus: Corpus, _ index: RecordIndex, _ records: LiveRecords,
        seal: @escaping (RecordIndex.Bucket) throws -> [UInt8]?, unfinished includesUnfinished: Bool
    ) {
        self.recipe = recipe
        self.corpus = corpus
        self.index = index
        self.records = records
        self.seal = seal
        assignment = Assignment(recipe, key: key)
        var unfinished: [RecordTag: Position] = [:]
        for (position, tags) in records.pending where includesUnfinished {
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
            return try positions(.ids, id.rawValue) { $0.record.id == id }.first
        } catch WorkspaceError.indexDamaged {
            return try cells.first { position in try all(position).contains { $0.record.id == id } }
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
        // One slice in memory at a time.
        let found = try cells.flatMap { position in
            try (includesUnfinished ? records.all(position) : records.live(position)).filter { stored in
                filters.allSatisfy { $0.holds(stored.record) }
            }.map(RecordLocation.init)
        }
        if found.isEmpty { throw DeletionError.nothingMeets }
        return found
    }

    private func records(of owner: String) throws -> [RecordLocation] {
        guard recipe.data.columns.owner != nil else { throw DeletionError.noOwners }
        func isTheirs(_ stored: StoredRecord) -> Bool {
            stored.record.owner?.utf8.elementsEqual(owner.utf8) == true
        }
        let found = try positions(.owners, owner, isTheirs).flatMap { position in
            try (includesUnfinished ? all(position) : live(position)).filter(isTheirs).map(RecordLocation.init)
        }
        if found.isEmpty { throw DeletionError.unknownOwner(isUnfinished: !records.pending.isEmpty) }
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
            func isTheSame(_ stored: StoredRecord) -> Bool { stored.record.text.utf8.elementsEqual(text) }
            return try positions(.texts, String(decoding: text, as: UTF8.self), isTheSame).flatMap { position in
                try live(position).filter(isTheSame).map(RecordLocation.init)
            }
        }
        return (records, isWhole)
    }

    private var cells: [Position] {
        (0..<recipe.shards).flatMap { shard in (0..<recipe.slices).map { Position(shard: shard, slice: $0) } }
    }

    /// The cells that the index names for a value. An entry that leads to a cell without such a record is damage: the index is of another day
    /// than the records, and may lack an entry as well.
    private func positions(
        _ kind: RecordIndex.Kind, _ value: String, _ isMeant: (StoredRecord) -> Bool
    ) throws -> [Position] {
        let bucket = index.bucket(kind, value)
        let entries = try index.entries(of: bucket, seal(bucket), waiting: waiting).held
        let positions = index.positions(kind, value, in: entries)
        for position in positions where try !all(position).contains(where: isMeant) {
            throw WorkspaceError.indexDamaged(path: index.url(bucket).path)
        }
        return positions
    }

    /// What the records of accepted deletions put into the index.
    private func waiting() throws -> Set<RecordIndex.Entry> { try records.waiting(index) }

    /// The records of a slice that are not deleted.
    private func live(_ position: Position) throws -> [StoredRecord] {
        corpus.live(try all(position), without: records.pending[position] ?? [])
    }

    /// With those whose deletion is accepted and whose text is still there.
    private func all(_ position: Position) throws -> [StoredRecord] {
        if let held = slices[position] { return held }
        let found = try records.all(position)
        slices[position] = found
        return found
    }
}

extension RecordLocation {
    fileprivate init(_ stored: StoredRecord) {
        self.init(id: stored.record.id, position: stored.position, rank: stored.rank)
    }
}
