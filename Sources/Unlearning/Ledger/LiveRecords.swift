internal import Foundation

/// The records of a workspace as its ledger knows them: no slice is handed out before it was compared with its digests.
///
/// A file that is missing, was cut, changed or restored from another day, or that may not be read, is an error that names it. So whoever looks
/// for a record and finds none has looked at all there are.
final class LiveRecords {
    private let corpus: Corpus
    private let ledger: Ledger
    /// Of accepted deletions, whose text may still be there.
    let pending: [Cell: Set<RecordTag>]
    private var summaries: [Int: [SliceSummary]] = [:]

    init(_ corpus: Corpus, _ ledger: Ledger) throws {
        self.corpus = corpus
        self.ledger = ledger
        pending = try ledger.pending()
    }

    /// The records of a slice without those whose deletion is accepted, in canonical order.
    func live(_ cell: Cell) throws -> [StoredRecord] { try checked(cell).live }

    /// With those whose deletion is accepted and whose text is still there.
    func all(_ cell: Cell) throws -> [StoredRecord] { try checked(cell).all }

    /// What the ledger says of a slice.
    func summary(_ cell: Cell) throws -> SliceSummary {
        let shard = cell.shard
        let known = try summaries[shard] ?? ledger.slices(shard: shard)
        summaries[shard] = known
        guard cell.slice < known.count else { throw WorkspaceError.noSuchCell(path: corpus.url(cell).path) }
        return known[cell.slice]
    }

    /// What records of accepted deletions put into the index, and no other record of their cells.
    func waiting(_ index: RecordIndex) throws -> Set<RecordIndex.Entry> {
        try pending.keys.reduce(into: []) { entries, cell in
            let (all, live) = try checked(cell)
            let ids = Set(live.map(\.record.id))
            let gone = all.filter { !ids.contains($0.record.id) }
            for leaving in index.leaving(gone, live).values { entries.formUnion(leaving) }
        }
    }

    private func checked(_ cell: Cell) throws -> (all: [StoredRecord], live: [StoredRecord]) {
        try corpus.checked(cell, summary(cell), without: pending[cell] ?? [])
    }
}

extension Corpus {
    /// The records in the file of a slice, and those of them that live, where these are what the ledger says.
    func checked(
        _ cell: Cell, _ summary: SliceSummary, without gone: Set<RecordTag>
    ) throws -> (all: [StoredRecord], live: [StoredRecord]) {
        let all = try stored(cell)
        let live = live(all, without: gone)
        try check(cell, live, summary)
        return (all, live)
    }

    /// The same where the file is to hold, byte for byte, what its records make of it.
    func holds(_ cell: Cell, _ summary: SliceSummary, without gone: Set<RecordTag>) throws -> Bool {
        let all = try checked(cell, summary, without: gone).all
        return try bytes(cell) == (all.isEmpty ? nil : RecordSegment.encode(all.map(\.record)))
    }

    /// Whether records that were read from a slice are what the ledger says.
    func check(_ cell: Cell, _ live: [StoredRecord], _ summary: SliceSummary) throws {
        if summary.describes(self.summary(live)) { return }
        let path = url(cell).path
        if live.isEmpty { throw WorkspaceError.recordsMissing(path: path, records: summary.records) }
        if live.count > summary.records {
            throw WorkspaceError.recordsTooMany(path: path, expected: summary.records, found: live.count)
        }
        throw WorkspaceError.recordsDamaged(path: path)
    }
}
