package import Foundation

/// A record with its cell and rank.
package struct StoredRecord: Sendable {
    package let record: Record
    package let position: Position
    package let rank: UInt64

    package var placement: Placement {
        Placement(slice: position.slice, rank: rank, id: record.id)
    }
}

/// Where a record is, without its text.
package struct RecordLocation: Sendable, Equatable {
    package let id: RecordID
    package let position: Position
    package let rank: UInt64
}

/// The records of a workspace: one file a slice, and the only place where an id, an owner or a text is kept.
///
/// A database would leave copies of moved rows in the slack of its pages, where no deletion finds them; a file that is
/// written anew and takes the old one's name leaves nothing. Removing a record costs its slice, reading for training its shard.
package struct Corpus: Sendable {
    private let root: URL
    private let assignment: Assignment
    private let digests: RecordDigest

    package init(_ root: URL, _ recipe: Recipe, _ key: WorkspaceKey) {
        self.root = root
        assignment = Assignment(recipe, key: key)
        digests = RecordDigest(key)
    }

    func url(_ position: Position) -> URL {
        root.appending(path: "shard-\(position.shard + 1)/slice-\(position.slice + 1).jsonl")
    }

    /// The records of one slice in canonical order, as they lie in the file; `gone` are left out.
    func slice(_ position: Position, without gone: Set<RecordTag> = []) throws -> [StoredRecord] {
        let url = url(position)
        guard DurableFile.exists(url) else { return [] }
        return try RecordSegment.decode(url).compactMap { record in
            if !gone.isEmpty, gone.contains(digests.tag(record.id)) { return nil }
            return StoredRecord(record: record, position: position, rank: assignment.rank(of: record.id))
        }
    }

    /// Whether a slice holds the records that the ledger says, and its file what they make of it. `gone`: Whose deletion is not finished.
    func holds(_ position: Position, _ summary: SliceSummary, without gone: Set<RecordTag>) -> Bool {
        guard let all = try? slice(position) else { return false }
        let live = gone.isEmpty ? all : all.filter { !gone.contains(tag($0.record.id)) }
        let canonical = all.isEmpty ? nil : Data(RecordSegment.encode(all.map(\.record)))
        return self.summary(live) == summary && bytes(position) == canonical
    }

    /// The file of a slice as it lies on disk; nil where there is none.
    func bytes(_ position: Position) -> Data? { DurableFile.contents(url(position)).map { Data($0) } }

    /// Count and digest of a slice.
    func summary(_ records: [StoredRecord]) -> SliceSummary {
        SliceSummary(
            records: records.count, digest: digests.digest(slice: records.map { digests.digest($0.record) }))
    }

    func tag(_ id: RecordID) -> RecordTag { digests.tag(id) }

    /// Replaces the file of a slice, durably; an empty slice has none.
    func replace(_ position: Position, _ records: [StoredRecord]) throws {
        let url = url(position)
        guard !records.isEmpty else { return try DurableFile.remove([url]) }
        try DurableFile.write(RecordSegment.encode(records.map(\.record)), to: url)
    }

    /// Where the records of a slice wait that an addition makes larger.
    private func next(_ position: Position) -> URL {
        let url = url(position)
        return url.deletingLastPathComponent().appending(path: url.lastPathComponent + ".next")
    }

    /// Writes what a slice is to hold, durably, beside what it holds.
    func prepare(_ position: Position, _ records: [StoredRecord]) throws {
        let folder = next(position).deletingLastPathComponent()
        if !DurableFile.exists(folder) { try DurableFile.makeFolder(folder) }
        try DurableFile.write(RecordSegment.encode(records.map(\.record)), to: next(position))
    }

    /// What was prepared for a slice; nil where nothing was.
    func prepared(_ position: Position) throws -> [StoredRecord]? {
        let url = next(position)
        guard DurableFile.exists(url) else { return nil }
        return try RecordSegment.decode(url).map {
            StoredRecord(record: $0, position: position, rank: assignment.rank(of: $0.id))
        }
    }

    /// Puts what was prepared in its place.
    func adopt(_ position: Position) throws { try DurableFile.move(next(position), to: url(position)) }

    func discard(_ position: Position) throws { try DurableFile.remove([next(position)]) }

    /// Removes a half-written file of a slice.
    func sweep(_ position: Position) throws {
        try DurableFile.remove([url(position), next(position)].map(DurableFile.temporary))
    }
}
