internal import Engine
internal import Foundation
internal import Synchronization

/// The records of a workspace as its ledger knows them: no slice is handed out before it was compared with its digests.
///
/// A file that is missing, was cut, changed or restored from another day, or that may not be read, is an error that
/// names it. So whoever looks for a record and finds none has looked at all there are. A slice is read once and kept
/// while `budget` lasts, which is sound as long as nobody changes the files: for a process that holds the workspace's
/// lock, until it changes one itself.
final class LiveRecords: Sendable {
    /// The records of a slice, or of the slices of a shard, in canonical order.
    struct Slice: Sendable {
        /// The records of a slice with those whose deletion is accepted and whose text is still there.
        let all: [StoredRecord]
        /// Without them.
        let live: [StoredRecord]
    }

    /// Bytes of text that are kept, and of the rest of a record.
    private static let budget = 128 << 20
    private static let recordBytes = 256

    private struct State {
        var summaries: [Int: [SliceSummary]] = [:]
        var kept: [Cell: Slice] = [:]
        var bytes = 0
    }

    let corpus: Corpus
    private let ledger: Ledger
    /// The records of accepted deletions, whose text may still be there.
    let pending: [Cell: Set<RecordTag>]
    private let state = Mutex(State())

    init(_ corpus: Corpus, _ ledger: Ledger, pending: [Cell: Set<RecordTag>]) {
        self.corpus = corpus
        self.ledger = ledger
        self.pending = pending
    }

    /// Reads from the ledger whose deletion is accepted. `earlier`: What was read before, and is still what lies there.
    convenience init(_ corpus: Corpus, _ ledger: Ledger, after earlier: LiveRecords? = nil) throws {
        self.init(corpus, ledger, pending: try ledger.pending())
        guard let earlier else { return }
        let (kept, bytes) = earlier.state.withLock { ($0.kept, $0.bytes) }
        let again = Dictionary(
            uniqueKeysWithValues: kept.map { cell, slice in
                let gone = pending[cell] ?? []
                return (
                    cell,
                    gone == earlier.pending[cell] ?? []
                        ? slice : Slice(all: slice.all, live: corpus.live(slice.all, without: gone))
                )
            })
        state.withLock { ($0.kept, $0.bytes) = (again, bytes) }
    }

    /// The records of a slice. `keeps`: Whether they are kept in memory; not by who goes through all of a corpus.
    func slice(_ cell: Cell, keeps: Bool = true) throws -> Slice {
        if let kept = kept(cell) { return kept }
        let slice = try reread(cell)
        if keeps { keep(slice, cell) }
        return slice
    }

    /// The records in the file of a slice as it lies there now, whatever was read before.
    func reread(_ cell: Cell) throws -> Slice {
        let (all, live) = try corpus.checked(cell, summary(cell), without: pending[cell] ?? [])
        return Slice(all: all, live: live)
    }

    /// Notes that a slice was written anew with these records.
    func rewritten(_ cell: Cell, _ left: [StoredRecord]) {
        state.withLock { state in
            guard let old = state.kept[cell] else { return }
            state.bytes -= Self.bytes(old)
            state.kept[cell] = nil
        }
        keep(Slice(all: left, live: left), cell)
    }

    /// The slice if it is in memory.
    func kept(_ cell: Cell) -> Slice? { state.withLock { $0.kept[cell] } }

    private func keep(_ slice: Slice, _ cell: Cell) {
        let bytes = Self.bytes(slice)
        state.withLock { state in
            guard state.kept[cell] == nil, state.bytes + bytes <= Self.budget else { return }
            state.kept[cell] = slice
            state.bytes += bytes
        }
    }

    private static func bytes(_ slice: Slice) -> Int {
        slice.all.reduce(0) { $0 + $1.record.content.bytes + recordBytes }
    }

    /// The records of a shard. Its slices are read side by side.
    func shard(_ shard: Int, threads: Int = 1, keeps: Bool = true) throws -> Slice {
        let count = try summaries(shard).count
        let slices = try Parallel.map(count, threads: threads) { slice in
            Result { try self.slice(Cell(shard: shard, slice: slice), keeps: keeps) }
        }.map { try $0.get() }
        return Slice(all: slices.flatMap(\.all), live: slices.flatMap(\.live))
    }

    /// What the ledger says of the slices of a shard.
    func summaries(_ shard: Int) throws -> [SliceSummary] {
        if let known = state.withLock({ $0.summaries[shard] }) { return known }
        let read = try ledger.slices(shard: shard)
        state.withLock { $0.summaries[shard] = read }
        return read
    }

    /// What the ledger says of a slice.
    func summary(_ cell: Cell) throws -> SliceSummary {
        let known = try summaries(cell.shard)
        guard cell.slice < known.count else { throw CorpusError.noSuchCell(path: corpus.url(cell).path) }
        return known[cell.slice]
    }

    /// What records of accepted deletions put into the index, and no other record of their cells.
    func waiting(_ index: RecordIndex) throws -> Set<RecordIndex.Entry> {
        try pending.keys.reduce(into: []) { entries, cell in
            let slice = try slice(cell)
            let ids = Set(slice.live.map(\.record.id))
            let gone = slice.all.filter { !ids.contains($0.record.id) }
            for leaving in index.leaving(gone, slice.live).values { entries.formUnion(leaving) }
        }
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
        if live.isEmpty { throw CorpusError.recordsMissing(path: path, records: summary.records) }
        if live.count > summary.records {
            throw CorpusError.recordsTooMany(path: path, expected: summary.records, found: live.count)
        }
        throw CorpusError.recordsDamaged(path: path)
    }
}
