internal import Engine

/// Stores the stages of one shard and enters them in the ledger, several with one commit.
///
/// A file is durable before its row is written, and a row is what makes a checkpoint count: a process that is killed in
/// between has trained for nothing since the last commit, at most `interval` and the stage under way, and trains that
/// again.
struct StagePublisher {
    /// A commit costs some milliseconds of a disk's time; a stage of a small head as much.
    static let interval = Duration.seconds(2)

    private let ledger: Ledger
    private let store: CheckpointStore
    private let chain: KeyChain
    private let shard: Int
    private let seed: UInt64
    private var rows: [StageRow] = []
    private var last = ContinuousClock().now

    init(_ ledger: Ledger, _ store: CheckpointStore, _ chain: KeyChain, shard: Int, seed: UInt64) throws {
        self.ledger = ledger
        self.store = store
        self.chain = chain
        self.shard = shard
        self.seed = seed
        try store.prepare(shard: shard)
    }

    /// Stores a stage, or of one that is not kept only what the ledger says; false: the plan has changed, and none of
    /// what was not yet entered counts.
    mutating func add(_ outcome: ShardRun.Outcome) throws -> Bool {
        let (item, checkpoint) = (outcome.item, outcome.checkpoint)
        let stored = item.isKept ? try store.write(checkpoint, item.key, shard: shard, seed: seed) : 0
        rows.append(
            StageRow(
                stage: item.stage, key: item.key, digest: checkpoint.digest, size: checkpoint.content.count,
                stored: stored, recordPasses: outcome.cost.recordPasses, seconds: outcome.cost.seconds))
        return last.duration(to: .now) < Self.interval ? true : try commit()
    }

    /// Enters what is stored.
    mutating func commit() throws -> Bool {
        last = .now
        if rows.isEmpty { return true }
        try store.commit(shard: shard)
        defer { rows = [] }
        return try ledger.publish(rows, shard: shard, chain: chain)
    }
}
