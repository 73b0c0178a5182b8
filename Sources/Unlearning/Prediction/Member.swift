package import Engine

/// A shard that takes part in an ensemble: the trained state by which it votes.
package struct Member: Sendable {
    let shard: Int
    /// Live records that the state was trained on.
    let records: Int
    let state: AdapterState
    /// The checkpoint that the state was read from, as the ledger has it; nil: it is from none.
    private let checkpoint: StageRow?

    /// A member that votes by a state.
    ///
    /// - Parameters:
    ///   - shard: The shard, counted from 0.
    ///   - records: Live records that the state was trained on.
    ///   - state: The shard's adapter and head.
    ///   - checkpoint: The ledger's row of the checkpoint that the state was read from.
    package init(shard: Int, records: Int, state: AdapterState, checkpoint: StageRow? = nil) {
        self.shard = shard
        self.records = records
        self.state = state
        self.checkpoint = checkpoint
    }

    /// Whether its state is that of a checkpoint: the same key, and the same bytes.
    private func holds(_ row: StageRow) -> Bool {
        checkpoint?.key == row.key && checkpoint?.digest == row.digest
    }
}

extension Member {
    /// A shard's member, nil where no checkpoint can be read, and the stages whose checkpoints it had to pass over.
    typealias Search = (member: Member?, skipped: [Int])

    /// The members of all shards that have records: each by the best of its checkpoints.
    ///
    /// - Parameters:
    ///   - plan: Which checkpoints may answer.
    ///   - layout: Where a state's numbers lie.
    ///   - ledger: What it holds of the checkpoints.
    ///   - store: Where they are read.
    ///   - shards: The ones that answer; nil: all.
    ///   - held: Members that were read before, whose checkpoints are not read again.
    ///   - threads: How many may read.
    ///   - progress: Is told of checkpoints that could not be read.
    /// - Returns: The members, by ascending shard.
    /// - Throws: `voteLost` where a shard that was trained cannot be read, `noSurvivors` where no record is left, and
    ///   `untrained` where there is no checkpoint.
    package static func all(
        of plan: CheckpointPlan, _ layout: AdapterLayout, ledger: Ledger, store: CheckpointStore,
        only shards: [Int]? = nil, held: [Member] = [], threads: Int, progress: TrainingProgress = { _ in }
    ) throws -> [Member] {
        let rows = try ledger.stages()
        let asked = plan.shards.indices.filter { shards?.contains($0) ?? true }
        let held = Dictionary(held.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first })
        let found = try Parallel.map(asked.count, threads: threads) { index in
            let shard = asked[index]
            return Result {
                try newest(
                    shard: shard, plan.shards[shard], rows: rows[shard] ?? [], store, layout, held: held[shard])
            }
        }.map { try $0.get() }
        for (shard, search) in zip(asked, found) {
            for stage in search.skipped { progress(.skipping(shard: shard, stage: stage)) }
        }
        // A shard that was trained and cannot be read is no vote less: who asks would not know.
        for (shard, search) in zip(asked, found) where search.member == nil {
            guard search.skipped.isEmpty else { throw PredictionError.voteLost(shard: shard + 1) }
        }
        let members = found.compactMap(\.member)
        if members.isEmpty {
            throw plan.shards.allSatisfy(\.isEmpty) ? PredictionError.noSurvivors : PredictionError.untrained
        }
        return members
    }

    /// The member of a shard by the best of its checkpoints that the plan asks for and that can be read.
    ///
    /// The best is the one that was trained on most records; of several orders the first. `items`: What the plan asks
    /// for. `rows`: What the ledger holds of the shard's checkpoints. `held`: A member that was read before; where it
    /// holds the best checkpoint, nothing is read.
    static func newest(
        shard: Int, _ items: [CheckpointPlan.Item], rows: [StageRow], _ store: CheckpointStore, _ layout: AdapterLayout,
        held: Member? = nil
    ) throws -> Search {
        var skipped: [Int] = []
        for item in CheckpointPlan.answering(items) {
            // A state that became one to keep, and was none when it was trained, is no damage: the repair makes its
            // file.
            guard let row = rows.first(where: { $0.key == item.key }), row.stored > 0 else { continue }
            if let held, held.holds(row) {
                return (Member(shard: shard, records: item.records, state: held.state, checkpoint: row), skipped)
            }
            if let checkpoint = try store.read(item.key, shard: shard, size: row.size, digest: row.digest),
                let state = checkpoint.state(layout: layout)
            {
                return (Member(shard: shard, records: item.records, state: state, checkpoint: row), skipped)
            }
            skipped.append(item.stage)
        }
        return (nil, skipped)
    }
}
