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
        /// What one slice order of it needs.
        struct Run: Sendable {
            /// Ascending, one following the other.
            let stages: [CheckpointPlan.Item]
            /// State to start from; nil: the initial state.
            let start: Checkpoint?
        }

        let shard: Int
        let runs: [Run]

        var stages: [CheckpointPlan.Item] { runs.flatMap(\.stages) }
    }

    /// Destroys what no key asks for. Nothing of it is needed to repair.
    func destroyStale(_ plan: CheckpointPlan, shards: [Int]? = nil) throws {
        let named = try shards ?? Array(Set(plan.shards.indices).union(store.shardsOnDisk())).sorted()
        for shard in named {
            let kept = plan.keptKeys(shard: shard)
            try store.removeAll(shard: shard, except: kept)
            try ledger.removeStages(shard: shard, except: plan.keys(shard: shard), kept: kept)
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
            let rows = try ledger.stages(shard: shard)
            let orders = Dictionary(grouping: plan.items(shard: shard)) { chain.table.order(of: $0.stage) }
            let runs = try orders.sorted { $0.key < $1.key }.compactMap { try missing($0.value, rows, shard: shard) }
            return runs.isEmpty ? nil : Work(shard: shard, runs: runs)
        }
    }

    /// Of one order: everything after the last checkpoint before the first gap.
    private func missing(_ items: [CheckpointPlan.Item], _ rows: [StageRow], shard: Int) throws -> Work.Run? {
        var (start, next): (Checkpoint?, Int) = (nil, 0)
        for (index, item) in items.enumerated() {
            let row = rows.first { $0.key == item.key }
            if row != nil, !item.isKept { continue }
            let checkpoint = try row.flatMap {
                try store.read(item.key, shard: shard, size: $0.size, digest: $0.digest)
            }
            guard let checkpoint else {
                if let row, row.stored > 0 { progress(.rebuilding(shard: shard, stage: item.stage)) }
                return Work.Run(stages: Array(items[next...]), start: start)
            }
            (start, next) = (checkpoint, index + 1)
        }
        return nil
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
                    memory: FeatureCache.budget / atOnce)
            }
        }
        for outcome in outcomes { try outcome.get() }
    }

    /// Of every stage that is missing.
    private func recordPasses(of work: Work, _ records: [StoredRecord]) -> [Int] {
        let placements = records.map(\.placement)
        return work.stages.map {
            Stage($0.stage, of: recipe, shard: work.shard, in: chain.table).recordPasses(placements)
        }
    }

    private func train(
        _ work: Work, _ records: [StoredRecord], recordPasses: [Int], model: Model, threads: Int, memory: Int
    ) throws {
        let trainer = try SliceTrainer(
            recipe, model, shard: work.shard, records: records, table: chain.table, threads: threads,
            features: features, memory: memory)
        let starts = try Dictionary(
            uniqueKeysWithValues: work.runs.map { try ($0.stages[0].stage, start($0, trainer, model)) })
        var state = trainer.initialState
        var publisher = try StagePublisher(ledger, store, chain, shard: work.shard, seed: recipe.seed)
        for (item, recordPasses) in zip(work.stages, recordPasses) {
            if let start = starts[item.stage] { state = start }
            let (clock, before) = (ContinuousClock().now, trainer.cost)
            state = try trainer.train(stage: item.stage, from: state) {
                progress(.advanced(shard: work.shard, stage: item.stage, recordPasses: $0))
            } features: {
                progress(.features(shard: work.shard, done: $0, total: $1))
            }
            let seconds = clock.duration(to: .now).seconds
            let checkpoint = Checkpoint(state, layout: model.layout, precision: recipe.checkpointPrecision)
            if try !publisher.add(checkpoint, item, recordPasses: recordPasses, seconds: seconds) {
                try giveUp(work.shard)
            }
            let cost = StageCost(
                recordPasses: recordPasses, tokens: trainer.cost.tokens - before.tokens, seconds: seconds,
                stepSeconds: trainer.cost.stepSeconds - before.stepSeconds)
            progress(.finished(shard: work.shard, stage: item.stage, cost: cost))
        }
        if try !publisher.commit() { try giveUp(work.shard) }
    }

    private func start(_ run: Work.Run, _ trainer: SliceTrainer, _ model: Model) throws -> AdapterState {
        guard let start = run.start else { return trainer.initialState }
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
