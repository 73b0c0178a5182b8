internal import Synchronization

/// Records of shards, each read and checked once a command, as far as they fit: a repair counts its work, trains and reports.
///
/// Only for a process that holds the workspace's lock and has accepted its deletion, or that changes nothing: then what is kept here
/// cannot become stale. What does not fit is read again, so memory does not grow with the corpus.
final class RecordsMemo: Sendable {
    /// Bytes of text, and some for the rest of a record.
    private static let budget = 64 << 20
    private static let recordBytes = 256

    private struct State {
        var kept: [Int: [StoredRecord]] = [:]
        var bytes = 0
    }
    private let workspace: Workspace
    private let state = Mutex(State())

    init(_ workspace: Workspace) {
        self.workspace = workspace
    }

    /// The live records of a shard; see `Workspace.records(shard:threads:)`.
    func records(shard: Int, threads: Int = 1) throws -> [StoredRecord] {
        if let kept = state.withLock({ $0.kept[shard] }) { return kept }
        let records = try workspace.records(shard: shard, threads: threads)
        let bytes = records.reduce(0) { $0 + $1.record.text.utf8.count + Self.recordBytes }
        state.withLock { state in
            guard state.kept[shard] == nil, state.bytes + bytes <= Self.budget else { return }
            state.kept[shard] = records
            state.bytes += bytes
        }
        return records
    }
}
