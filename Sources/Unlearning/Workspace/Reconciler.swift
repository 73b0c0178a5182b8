internal import Engine
internal import Foundation

/// Makes what exists equal to what the plan asks for: the core of train, resume, repair and recovery.
///
/// Every step is "make this exist" or "make this not exist", so repeating is harmless, and a process that was killed in
/// the middle is simply run again. Where it stopped need not be asked.
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

    /// Destroys what no key asks for. Nothing of it is needed to repair. `shards`: nil: all.
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

    /// What is missing or damaged, shard by shard. Every checkpoint that is kept is read: one whose content is not what
    /// was stored is as good as none.
    func missing(_ plan: CheckpointPlan, shards: [Int]? = nil) throws -> [ShardRun] {
        try (shards ?? Array(plan.shards.indices)).compactMap { shard in
            let rows = try ledger.stages(shard: shard)
            let orders = Dictionary(grouping: plan.items(shard: shard)) { chain.table.order(of: $0.stage) }
            let needed = try orders.sorted { $0.key < $1.key }.compactMap { try missing($0.value, rows, shard: shard) }
            return needed.isEmpty ? nil : ShardRun(shard: shard, orders: needed)
        }
    }

    /// What is missing of one order: everything after the last checkpoint before the first gap.
    private func missing(_ items: [CheckpointPlan.Item], _ rows: [StageRow], shard: Int) throws -> ShardRun.Order? {
        var (start, next): (Checkpoint?, Int) = (nil, 0)
        for (index, item) in items.enumerated() {
            let row = rows.first { $0.key == item.key }
            if row != nil, !item.isKept { continue }
            let checkpoint = try row.flatMap {
                try store.read(item.key, shard: shard, size: $0.size, digest: $0.digest)
            }
            guard let checkpoint else {
                if let row, row.stored > 0 { progress(.rebuilding(shard: shard, stage: item.stage)) }
                return ShardRun.Order(stages: Array(items[next...]), start: start)
            }
            (start, next) = (checkpoint, index + 1)
        }
        return nil
    }

    /// Trains and stores what is missing. Same bytes for every thread count: shards do not know of each other.
    func train(_ work: [ShardRun], model: Model) throws {
        guard !work.isEmpty else { return }
        let atOnce = min(max(1, threads), work.count)
        let each = max(1, threads / atOnce)
        // Shards that train at once are in memory at once anyway; then their records are read only once.
        let isTogether = work.count == atOnce
        let counted = try Parallel.map(work.count, threads: atOnce) { index in
            Result {
                let records = try records(work[index].shard, each)
                let passes = work[index].recordPasses(records.map(\.planRecord), recipe, chain.table)
                return (passes: passes, records: isTogether ? records : nil)
            }
        }.map { try $0.get() }
        progress(
            .began(
                recordPasses: counted.reduce(0) { $0 + $1.passes.reduce(0, +) },
                stages: work.reduce(0) { $0 + $1.stages.count }))
        let setting = ShardRun.Setting(
            recipe: recipe, model: model, table: chain.table, threads: each, features: features,
            memory: FeatureCache.budget / atOnce, progress: progress)
        let outcomes = Parallel.map(work.count, threads: atOnce) { index in
            Result {
                let records = try counted[index].records ?? records(work[index].shard, each)
                try train(work[index], records, counted[index].passes, setting)
            }
        }
        for outcome in outcomes { try outcome.get() }
    }

    /// Trains one shard and enters its stages, as long as the plan asks for them.
    private func train(
        _ run: ShardRun, _ records: [StoredRecord], _ recordPasses: [Int], _ setting: ShardRun.Setting
    ) throws {
        var publisher = try StagePublisher(ledger, store, chain, shard: run.shard, seed: recipe.seed)
        try run.train(records, recordPasses: recordPasses, setting) { outcome in
            if try !publisher.add(outcome) { try giveUp(run.shard) }
        }
        if try !publisher.commit() { try giveUp(run.shard) }
    }

    /// Deletions came while this trained: what it made is stale.
    private func giveUp(_ shard: Int) throws -> Never {
        try destroyStale(CheckpointPlan(of: ledger.slices(shards: [shard]), chain: chain), shards: [shard])
        throw LedgerError.planChanged
    }
}
