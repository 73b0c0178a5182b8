internal import Foundation

/// The records of a workspace as its ledger knows them: no slice is handed out before it was compared with its digests.
///
/// A file that is missing, was cut, changed or restored from another day, or that may not be read, is an error that names it. So whoever looks
/// for a record and finds none has looked at all there are.
final class LiveRecords {
    private let corpus: Corpus
    private let ledger: Ledger
    /// Of accepted deletions, whose text may still be there.
    let pending: [Position: Set<RecordTag>]
    private var summaries: [Int: [SliceSummary]] = [:]

    init(_ corpus: Corpus, _ ledger: Ledger) throws {
        self.corpus = corpus
        self.ledger = ledger
        pending = try ledger.pending()
    }

    /// The records of a slice without those whose deletion is accepted, in canonical order.
    func live(_ position: Position) throws -> [StoredRecord] { try checked(position).live }

    /// With those whose deletion is accepted and whose text is still there.
    func all(_ position: Position) throws -> [StoredRecord] { try checked(position).all }

    /// What the ledger says of a slice.
    func summary(_ position: Position) throws -> SliceSummary {
        let shard = position.shard
        let known = try summaries[shard] ?? ledger.slices(shard: shard)
        summaries[shard] = known
        guard position.slice < known.count else { throw WorkspaceError.noSuchCell(path: corpus.url(position).path) }
        return known[position.slice]
    }

    /// What records of accepted deletions put into the index, and no other record of their cells.
    func waiting(_ index: RecordIndex) throws -> Set<RecordIndex.Entry> {
        try pending.keys.reduce(into: []) { entries, position in
            let (all, live) = try checked(position)
            let ids = Set(live.map(\.record.id))
            let gone = all.filter { !ids.contains($0.record.id) }
            for leaving in index.leaving(gone, live).values { entries.formUnion(leaving) }
        }
    }

    private func checked(_ position: Position) throws -> (all: [StoredRecord], live: [StoredRecord]) {
        try corpus.checked(position, summary(position), without: pending[position] ?? [])
    }
}

extension Corpus {
    /// The records in the file of a slice, and those of them that live, where these are what the ledger says.
    func checked(
        _ position: Position, _ summary: SliceSummary, without gone: Set<RecordTag>
    ) throws -> (all: [StoredRecord], live: [StoredRecord]) {
        let all = try stored(position)
        let live = live(all, without: gone)
        try check(position, live, summary)
        return (all, live)
    }

    /// The same where the file is to hold, byte for byte, what its records make of it.
    func holds(_ position: Position, _ summary: SliceSummary, without gone: Set<RecordTag>) throws -> Bool {
        let all = try checked(position, summary, without: gone).all
        return try bytes(position) == (all.isEmpty ? nil : RecordSegment.encode(all.map(\.record)))
    }

    /// Whether records that were read from a slice are what the ledger says.
    func check(_ position: Position, _ live: [StoredRecord], _ summary: SliceSummary) throws {
        if summary.describes(self.summary(live)) { return }
        let path = url(position).path
        if live.isEmpty { throw WorkspaceError.recordsMissing(path: path, records: summary.records) }
        if live.count > summary.records {
            throw WorkspaceError.recordsTooMany(path: path, expected: summary.records, found: live.count)
        }
        throw WorkspaceError.recordsDamaged(path: path)
    }
}
