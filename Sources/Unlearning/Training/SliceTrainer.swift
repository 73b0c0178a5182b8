package import Engine
internal import Foundation

/// Trains the stages of one shard: a pure function of recipe, model, shard number and records.
///
/// It knows no checkpoint and no ledger, so training, repair and verification are this one piece of code on different
/// records. Files of features it may be given: they save time and change no bit.
package final class SliceTrainer {
    private let recipe: Recipe
    private let shard: Int
    private let records: [StoredRecord]
    private let planRecords: [PlanRecord]
    private let threads: Int
    private let trainer: BatchTrainer
    private let model: Model
    private let layout: AdapterLayout
    private let table: StageTable
    private var cache: FeatureCache
    /// What should be answered to each record; made before the first stage that trains.
    private var targets: [Target] = []
    /// The cost of all stages trained so far.
    private(set) var cost = StageCost()

    /// `features`: Where they are kept on disk; nil: nowhere. `memory`: Bytes of memory that others may be kept in.
    init(
        _ recipe: Recipe, _ model: Model, shard: Int, records: [StoredRecord], table: StageTable, threads: Int,
        features: FeatureStore?, memory: Int = FeatureCache.budget
    ) throws {
        self.recipe = recipe
        self.model = model
        layout = model.layout
        self.shard = shard
        self.table = table
        self.records = records
        self.threads = threads
        planRecords = records.map(\.planRecord)
        trainer = BatchTrainer(try model.network, threads: threads)
        cache = FeatureCache(records, model, store: features, threads: threads, budget: memory)
    }

    /// The state before the first stage.
    package var initialState: AdapterState {
        AdapterState(seed: recipe.seed, shard: shard, layout: layout)
    }

    /// Trains stage `index` from the state of the stage before. A stage whose own slice is empty changes nothing.
    ///
    /// `progress`: told of every step. `features`: told, while features of texts are computed before the first step,
    /// how many of them are done.
    package func train(
        stage index: Int, from state: AdapterState, progress: (_ recordPasses: Int) -> Void,
        features: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> AdapterState {
        guard planRecords.contains(where: { $0.slice == table.slice(of: index) }) else { return state }
        if targets.isEmpty { targets = try answers() }
        let stage = Stage(index, of: recipe, shard: shard, in: table)
        let block = recipe.adapter.trainsBlocks ? layout.block(table.step(of: index), of: table.slices) : layout.whole
        let orders = (0..<stage.passes).map { stage.order(pass: $0, planRecords) }
        let steps = orders.reduce(0) { $0 + ($1.count + recipe.batch - 1) / recipe.batch }
        try cache.prepare(
            slices: table.slices(seenBy: index), visited: Set(orders.joined()).sorted(), progress: features)
        let schedule = Schedule(recipe.optimizer)
        var optimizer = Optimizer.adamW(AdamW(count: layout.count, settings: AdamW.Settings(recipe.optimizer)))
        var state = state
        var step = 0
        let clock = ContinuousClock().now
        for order in orders {
            for start in stride(from: 0, to: order.count, by: recipe.batch) {
                let batch = Array(order[start..<min(start + recipe.batch, order.count)])
                let factor = schedule.factor(step: step, of: steps)
                let features = try cache.features(of: batch)
                _ = try trainer.step(
                    &state, &optimizer, zip(features, batch).map { Example($0, targets[$1]) },
                    block: block,
                    learningRate: Float(recipe.optimizer.learningRate) * factor,
                    headLearningRate: Float(recipe.optimizer.headLearningRate) * factor)
                step += 1
                cost.recordPasses += batch.count
                if layout.specification.lora != nil { cost.tokens += features.reduce(0) { $0 + $1.rows } }
                progress(batch.count)
            }
        }
        cost.stepSeconds += clock.duration(to: .now).seconds
        // Rounding leaves a NaN a NaN and makes an infinity of what bf16 has no number for: checked afterwards, all are
        // told.
        if recipe.checkpointPrecision == .bf16 { state.roundToBFloat16() }
        guard state.isFinite else { throw NetworkError.notFinite }
        return state
    }

    private func answers() throws -> [Target] {
        let labels = recipe.labels.count
        if recipe.task == .classification,
            let wrong = records.lazy.compactMap(\.record.content.label).first(where: { $0 >= labels })
        {
            throw TrainingError.labelDamaged(found: wrong, labels: labels)
        }
        do {
            return try model.targets(of: records.map(\.record), threads: threads)
        } catch let misfit as RecordEncoder.Misfit {
            throw TrainingError.recordsDoNotFit(count: 1, problem: misfit.problem)
        }
    }
}

extension Schedule {
    init(_ optimizer: Recipe.Optimizer) {
        self.init(
            shape: optimizer.schedule == .linear ? .linear : .constant, warmup: optimizer.warmup)
    }
}

extension AdamW.Settings {
    init(_ optimizer: Recipe.Optimizer) {
        self.init(
            beta1: Float(optimizer.beta1), beta2: Float(optimizer.beta2), epsilon: Float(optimizer.epsilon),
            weightDecay: Float(optimizer.weightDecay))
    }
}
