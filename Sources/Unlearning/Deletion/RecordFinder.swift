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
    }

    /// What a request is about, each record once, and what it leaves though the text is the same.
    func find(_ request: DeletionRequest) throws -> (gone: [RecordLocation], duplicates: [RecordID]?) {
        var seen: Set<RecordID> = []
        var gone: [RecordLocation] = []
        func take(_ found: [RecordLocation]) { gone += found.filter { seen.insert($0.id).inserted } }
        for id in request.ids { take([try location(of: id)]) }
        for owner in request.owners { take(try records(of: owner)) }
        guard request.takesDuplicates else {
            // An index that cannot be read keeps nobody from forgetting.
            let left = try? duplicates(of: gone).filter { !seen.contains($0.id) }
            return (gone, left?.map(\.id))
        }
        take(try duplicates(of: gone))
        return (gone, [])
    }

    /// An id that no live record has is an error.
    private func location(of id: RecordID) throws -> RecordLocation {
        let rank = assignment.rank(of: id)
        if let position = unfinished[corpus.tag(id)] { return RecordLocation(id: id, position: position, rank: rank) }
        let position =
            try recipe.assignBy == .owner
            ? index.positions(.ids, id.rawValue).first : assignment.position(of: id, owner: nil)
        guard let position, try live(position).contains(where: { $0.record.id == id }) else {
            throw DeletionError.unknownID(id.rawValue)
        }
        return RecordLocation(id: id, position: position, rank: rank)
    }

    private func records(of owner: String) throws -> [RecordLocation] {
        guard recipe.data.columns.owner != nil else { throw DeletionError.noOwners }
        let found = try index.positions(.owners, owner).flatMap { position in
            try live(position).filter { $0.record.owner?.utf8.elementsEqual(owner.utf8) == true }.map(
                RecordLocation.init)
        }
        if found.isEmpty { throw DeletionError.unknownOwner }
        return found
    }

    /// Live records with the text of one of these, themselves included; compared byte by byte.
    private func duplicates(of locations: [RecordLocation]) throws -> [RecordLocation] {
        var texts: Set<[UInt8]> = []
        for location in locations {
            for stored in try live(location.position) where stored.record.id == location.id {
                texts.insert(Array(stored.record.text.utf8))
            }
        }
        return try texts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { text in
            try index.positions(.texts, String(decoding: text, as: UTF8.self)).flatMap { position in
                try live(position).filter { $0.record.text.utf8.elementsEqual(text) }.map(RecordLocation.init)
            }
        }
    }

    private func live(_ position: Position) throws -> [StoredRecord] {
        if let held = slices[position] { return held }
        let records = try corpus.slice(position, without: pending[position] ?? [])
        slices[position] = records
        return records
    }
}

extension RecordLocation {
    fileprivate init(_ stored: StoredRecord) {
        self.init(id: stored.record.id, position: stored.position, rank: stored.rank)
    }
}
