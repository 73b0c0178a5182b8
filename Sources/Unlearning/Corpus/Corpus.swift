package import Foundation

/// A record with its cell and rank.
package struct StoredRecord: Sendable {
    /// What the data say of it.
    package let record: Record
    /// The shard and the slice that hold it.
    package let cell: Cell
    /// 64 keyed bits of its own, which order its slice.
    package let rank: UInt64

    /// The record as the plan sees it.
    package var planRecord: PlanRecord { PlanRecord(id: record.id, cell: cell, rank: rank) }
}

/// The records of a workspace: one file a slice, and the only place where an id, an owner or a text is kept.
///
/// A database would leave copies of moved rows in the slack of its pages, where no deletion finds them; a file that is
/// written anew and takes the old one's name leaves nothing. Removing a record costs its slice, reading for training
/// its shard.
package struct Corpus: Sendable {
    private let root: URL
    private let task: Recipe.TaskKind
    private let assignment: Assignment
    private let digests: RecordDigest

    /// Opens the folder of one layout; nothing is read or made.
    package init(_ root: URL, _ recipe: Recipe, _ key: WorkspaceKey) {
        self.root = root
        task = recipe.task
        assignment = Assignment(recipe, key: key)
        digests = RecordDigest(key)
    }

    func url(_ cell: Cell) -> URL {
        root.appending(path: "shard-\(cell.shard + 1)/slice-\(cell.slice + 1).jsonl")
    }

    /// The records that lie in the file of a slice, in canonical order, compared with nothing: `LiveRecords` is who
    /// hands records out.
    func stored(_ cell: Cell) throws -> [StoredRecord] { try stored(cell, in: url(cell)) ?? [] }

    private func stored(_ cell: Cell, in url: URL) throws -> [StoredRecord]? {
        try DurableFile.contents(url).map { bytes in
            try RecordSegment.decode(bytes, path: url.path, task: task).map {
                StoredRecord(record: $0, cell: cell, rank: assignment.rank(of: $0.id))
            }
        }
    }

    /// Those whose deletion is not accepted.
    func live(_ records: [StoredRecord], without gone: Set<RecordTag>) -> [StoredRecord] {
        gone.isEmpty ? records : records.filter { !gone.contains(tag($0.record.id)) }
    }

    /// The file of a slice as it lies on disk; nil where there is none.
    func bytes(_ cell: Cell) throws -> [UInt8]? { try DurableFile.contents(url(cell)) }

    /// Count and digests of a slice.
    func summary(_ records: [StoredRecord]) -> SliceSummary {
        SliceSummary(
            records: records.count, digest: digests.digest(slice: records.map { digests.digest($0.record) }),
            attributes: digests.attributes(slice: records.map(\.record)))
    }

    func tag(_ id: RecordID) -> RecordTag { digests.tag(id) }

    /// Replaces the file of a slice, durably; an empty slice has none.
    func replace(_ cell: Cell, _ records: [StoredRecord]) throws {
        let url = url(cell)
        guard !records.isEmpty else { return try DurableFile.remove([url]) }
        try DurableFile.write(RecordSegment.encode(records.map(\.record)), to: url)
    }

    /// Where the records of a slice wait that an addition makes larger.
    private func next(_ cell: Cell) -> URL {
        let url = url(cell)
        return url.deletingLastPathComponent().appending(path: url.lastPathComponent + ".next")
    }

    /// Writes what a slice is to hold, durably, beside what it holds.
    func prepare(_ cell: Cell, _ records: [StoredRecord]) throws {
        let folder = next(cell).deletingLastPathComponent()
        if try !DurableFile.exists(folder) { try DurableFile.makeFolder(folder) }
        try DurableFile.write(RecordSegment.encode(records.map(\.record)), to: next(cell))
    }

    /// What was prepared for a slice; nil where nothing was.
    func prepared(_ cell: Cell) throws -> [StoredRecord]? {
        try stored(cell, in: next(cell))
    }

    /// Puts what was prepared in its place.
    func adopt(_ cell: Cell) throws { try DurableFile.move(next(cell), to: url(cell)) }

    func discard(_ cell: Cell) throws { try DurableFile.remove([next(cell)]) }

    /// Removes a half-written file of a slice.
    func sweep(_ cell: Cell) throws {
        try DurableFile.remove([url(cell), next(cell)].map(DurableFile.temporary))
    }
}
