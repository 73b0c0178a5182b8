internal import Engine
internal import Foundation

/// Makes what exists equal to what the plan asks for: the one function behind train, resume, repair and recovery.
///
/// Every step is "make this exist" or "make this not exist", so repeating is harmless, and a process that was killed in the
/// middle is simply run again. Where it stopped need not be asked.
struct Reconciler {
    let recipe: Recipe
    let ledger: Ledger
    let store: CheckpointStore
    let chain: KeyChain
    let threads: Int
    let progress: TrainingProgress
    /// Where features are kept; nil: nowhere.
    let features: FeatureStore?
    /// The live records of a shard, in canonical order.
    let records: @Sendable (_ shard: Int, _ threads: Int) throws -> [StoredRecord]

    /// What one shard still needs.
    struct Work: Sendable {
        let shard: Int
        /// Missing stages, ascending.
        let stages: [CheckpointPlan.Item]
        /// State to start from, and the stage that left it; nil: the initial state.
        let start: Checkpoint?
    }

    /// Destroys what no key asks for. Nothing of it is needed to repair.
    func destroyStale(_ plan: CheckpointPlan, shards: [Int]? = nil) throws {
        let named = try shards ?? Array(Set(plan.shards.indices).union(store.shardsOnDisk())).sorted()
        for shard in named {
            try store.removeAll(shard: shard, except: plan.keys(shard: shard))
            try ledger.removeStages(shard: shard, except: plan.keys(shard: shard))
        }
        if shards == nil { try ledger.removeShards(from: plan.shards.count) }
        guard let features else { return }
        for shard in try shards ?? features.shardsOnDisk() {
            let slices = shard < plan.slices.count ? plan.slices[shard] : []
            try features.sweep(shard: shard, slices: Set(slices.indices.filter { slices[$0].records > 0 }))
        }
    }

    /// What is missing or damaged, shard by shard. Every checkpoint that is kept is read: one whose content is not what was
    /// stored is as good as none.
    func missing(_ plan: CheckpointPlan, shards: [Int]? = nil) throws -> [Work] {
        try (shards ?? Array(plan.shards.indices)).compactMap { shard in
            let items = plan.items(shard: shard)
            let rows = try ledger.stages(shard: shard)
            var start: Checkpoint?
            for (index, item) in items.enumerated() {
                let row = rows.first { $0.key == item.key }
                let checkpoint = row.flatMap {
                    store.read(item.key, shard: shard, size: $0.size, digest: $0.digest)
                }
                guard let checkpoint else {
                    if row != nil { progress(.rebuilding(shard: shard, stage: item.stage)) }
                    return Work(shard: shard, stages: Array(items[index...]), start: start)
                }
                start = checkpoint
            }
            return nil
        }
    }

    /// Trains and stores what is missing. Same bytes for every thread count: shards do not know of each other.
    func train(_ work: [Work], model: Model) throws {
        guard !work.isEmpty else { return }
        let atOnce = min(max(1, threads), work.count)
        let each = max(1, threads / atOnce)
        // Shards that train at once are in memory at once anyway; then their records are read only once.
        let isTogether = work.count == atOnce
        let counted = try Parallel.map(work.count, threads: atOnce) { index in
            Result {
                let records = try records(work[index].shard, each)
                return (passes: recordPasses(of: work[index], records), records: isTogether ? records : nil)
            }
        }.map { try $0.get() }
        progress(
            .began(
                recordPasses: counted.reduce(0) { $0 + $1.passes.reduce(0, +) },
                stages: work.reduce(0) { $0 + $1.stages.count }))
        let outcomes = Parallel.map(work.count, threads: atOnce) { index in
            Result {
                try train(
                    work[index], counted[index].records ?? records(work[index].shard, each),
                    recordPasses: counted[index].passes, model: model, threads: each,
                    memory: FeatureMemo.budget / atOnce)
            }
        }
        for outcome in outcomes { try outcome.get() }
    }

    /// Of every stage that is missing.
    private func recordPasses(of work: Work, _ records: [StoredRecord]) -> [Int] {
        let placements = records.map(\.placement)
        return work.stages.map { Stage($0.stage, of: recipe, shard: work.shard).recordPasses(placements) }
    }

    private func train(
        _ work: Work, _ records: [StoredRecord], recordPasses: [Int], model: Model, threads: Int, memory: Int
    ) throws {
        let trainer = try SliceTrainer(
            recipe, model, shard: work.shard, records: records, threads: threads, features: features, memory: memory)
        var state = try start(work, trainer, model)
        var publisher = try StagePublisher(ledger, store, chain, shard: work.shard)
        for (item, recordPasses) in zip(work.stages, recordPasses) {
            let clock = ContinuousClock().now
            state = try trainer.train(stage: item.stage, from: state) {
                progress(.advanced(shard: work.shard, stage: item.stage, recordPasses: $0))
            }
            let seconds = clock.duration(to: .now).seconds
            let checkpoint = Checkpoint(state, layout: model.layout, precision: recipe.checkpointPrecision)
            if try !publisher.add(checkpoint, item, recordPasses: recordPasses, seconds: seconds) {
                try giveUp(work.shard)
            }
            progress(.finished(shard: work.shard, stage: item.stage, seconds: seconds))
        }
        if try !publisher.commit() { try giveUp(work.shard) }
    }

    private func start(_ work: Work, _ trainer: SliceTrainer, _ model: Model) throws -> AdapterState {
        guard let start = work.start else { return trainer.initialState }
        guard let state = start.state(layout: model.layout) else { throw WorkspaceError.checkpointOfAnotherModel }
        return state
    }

    /// Deletions came while this trained: what it made is stale.
    private func giveUp(_ shard: Int) throws -> Never {
        try destroyStale(CheckpointPlan(of: ledger.slices(shards: [shard]), chain: chain), shards: [shard])
        throw WorkspaceError.planChanged
    }
}

extension Duration {
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
