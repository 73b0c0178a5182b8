internal import Engine
internal import Foundation

/// Finds the records that a request is about. Reads the slices that may hold them, each once, and no other.
///
/// Every slice and every entry of the index that it follows is what the ledger says, or the request ends with an error:
/// "none" is said of what was read, never of what could not be.
final class RecordFinder {
    private let recipe: Recipe
    private let corpus: Corpus
    private let index: RecordIndex
    private let assignment: Assignment
    private let records: LiveRecords
    /// What the ledger says of a bucket.
    private let seal: (RecordIndex.Bucket) throws -> [UInt8]?
    /// Accepted deletions that are not finished, where they count as found.
    private let unfinished: [RecordTag: Cell]
    private let includesUnfinished: Bool

    /// `unfinished`: Finds records too whose deletion was accepted but not finished, so that giving a command again
    /// that was killed or failed finishes it.
    init(
        _ recipe: Recipe, _ key: WorkspaceKey, _ index: RecordIndex, _ records: LiveRecords,
        seal: @escaping (RecordIndex.Bucket) throws -> [UInt8]?, unfinished includesUnfinished: Bool
    ) {
        self.recipe = recipe
        corpus = records.corpus
        self.index = index
        self.records = records
        self.seal = seal
        assignment = Assignment(recipe, key: key)
        var unfinished: [RecordTag: Cell] = [:]
        for (cell, tags) in records.pending where includesUnfinished {
            for tag in tags { unfinished[tag] = cell }
        }
        self.unfinished = unfinished
        self.includesUnfinished = includesUnfinished
    }

    /// What a request is about.
    struct Found {
        /// Each record once.
        var gone: [PlanRecord] = []
        /// What is left though the text is the same; nil: not known.
        var duplicates: [RecordID]?
        /// Ids that no record has, each once.
        var unknown: [RecordID] = []
    }

    /// An id that no record has is an error, or is passed over where the request says so and something else is found.
    func find(_ request: DeletionRequest) throws -> Found {
        var seen: Set<RecordID> = []
        var (gone, unknown): ([PlanRecord], [RecordID]) = ([], [])
        func take(_ found: [PlanRecord]) { gone += found.filter { seen.insert($0.id).inserted } }
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

    /// The record with an id; nil where no live record has it, and none whose deletion is not finished.
    private func location(of id: RecordID) throws -> PlanRecord? {
        let rank = assignment.rank(of: id)
        let waiting = unfinished[corpus.tag(id)]
        // It may have come back in another cell, under another owner, before its deletion was finished.
        guard let cell = try cell(of: id), cell != waiting,
            try live(cell).contains(where: { $0.record.id == id })
        else {
            return waiting.map { PlanRecord(id: id, cell: $0, rank: rank) }
        }
        return PlanRecord(id: id, cell: cell, rank: rank)
    }

    /// Where an id would be. Where only the index knows and cannot say, all slices are looked through: it keeps nobody
    /// from forgetting.
    private func cell(of id: RecordID) throws -> Cell? {
        guard recipe.placesByMoreThanID else { return assignment.cell(of: id, owner: nil) }
        do {
            return try cells(.ids, id.rawValue) { $0.record.id == id }.first
        } catch CorpusError.indexDamaged {
            return try cells.first { cell in try all(cell).contains { $0.record.id == id } }
        }
    }

    /// Whether a record has this id that is live, or whose deletion is not finished.
    func knows(_ id: RecordID) throws -> Bool { try unfinished[corpus.tag(id)] != nil || holds(id) }

    /// Whether a live record has this id.
    func holds(_ id: RecordID) throws -> Bool {
        guard let cell = try cell(of: id) else { return false }
        return try live(cell).contains { $0.record.id == id }
    }

    /// Reads the whole corpus, slice by slice: nothing tells where a label or a date is.
    private func records(meeting filters: [RecordFilter]) throws -> [PlanRecord] {
        // One slice in memory at a time.
        let found = try cells.flatMap { cell in
            let slice = try records.slice(cell, keeps: false)
            return (includesUnfinished ? slice.all : slice.live).filter { stored in
                filters.allSatisfy { $0.holds(stored.record) }
            }.map(\.planRecord)
        }
        if found.isEmpty { throw DeletionError.nothingMeets }
        return found
    }

    private func records(of owner: String) throws -> [PlanRecord] {
        guard recipe.data.columns.owner != nil else { throw DeletionError.noOwners }
        func isTheirs(_ stored: StoredRecord) -> Bool {
            stored.record.owner?.utf8.elementsEqual(owner.utf8) == true
        }
        let found = try cells(.owners, owner, isTheirs).flatMap { cell in
            try (includesUnfinished ? all(cell) : live(cell)).filter(isTheirs).map(\.planRecord)
        }
        if found.isEmpty { throw DeletionError.unknownOwner(isUnfinished: !records.pending.isEmpty) }
        return found
    }

    /// Live records with the text of one of these, themselves included; compared byte by byte. `isWhole`: no text was
    /// gone already.
    private func duplicates(of locations: [PlanRecord]) throws -> (records: [PlanRecord], isWhole: Bool) {
        var texts: Set<[UInt8]> = []
        var isWhole = true
        for location in locations {
            let record = try all(location.cell).first { $0.record.id == location.id }?.record
            if let record { texts.insert(Array(record.content.words.utf8)) } else { isWhole = false }
        }
        let records = try texts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { text in
            func isTheSame(_ stored: StoredRecord) -> Bool { stored.record.content.words.utf8.elementsEqual(text) }
            return try cells(.texts, String(decoding: text, as: UTF8.self), isTheSame).flatMap { cell in
                try live(cell).filter(isTheSame).map(\.planRecord)
            }
        }
        return (records, isWhole)
    }

    private var cells: [Cell] {
        (0..<recipe.shards).flatMap { shard in (0..<recipe.slices).map { Cell(shard: shard, slice: $0) } }
    }

    /// The cells that the index names for a value. An entry that leads to a cell without such a record is damage: the
    /// index is of another day than the records, and may lack an entry as well.
    private func cells(
        _ kind: RecordIndex.Kind, _ value: String, _ isMeant: (StoredRecord) -> Bool
    ) throws -> [Cell] {
        let bucket = index.bucket(kind, value)
        let entries = try index.entries(of: bucket, seal(bucket), waiting: waiting).held
        let cells = index.cells(kind, value, in: entries)
        for cell in cells where try !all(cell).contains(where: isMeant) {
            throw CorpusError.indexDamaged(path: index.url(bucket).path)
        }
        return cells
    }

    /// What the records of accepted deletions put into the index.
    private func waiting() throws -> Set<RecordIndex.Entry> { try records.waiting(index) }

    /// The records of a slice that are not deleted.
    private func live(_ cell: Cell) throws -> [StoredRecord] { try records.slice(cell).live }

    /// The records of a slice with those whose deletion is accepted and whose text is still there.
    private func all(_ cell: Cell) throws -> [StoredRecord] { try records.slice(cell).all }
}
