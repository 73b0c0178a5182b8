internal import Engine
internal import Foundation

/// The training of one shard: from its records, the states that are there, and the keys that are missing, to
/// checkpoints.
///
/// It knows no ledger, no lock and no folder of a workspace, so that it may run wherever the records and the backbone
/// are: whoever asked for it stores what it hands out, and decides whether the plan still asks for it.
struct ShardRun: Sendable {
    /// What one slice order of the shard needs.
    struct Order: Sendable {
        /// The missing stages, ascending, one following the other.
        let stages: [CheckpointPlan.Item]
        /// The state that the first of them starts from; nil: the initial state.
        let start: Checkpoint?
    }

    /// What all runs of a training share.
    struct Setting: Sendable {
        let recipe: Recipe
        let model: Model
        let table: StageTable
        let threads: Int
        /// Where features are kept; nil: nowhere.
        let features: FeatureStore?
        /// Bytes of memory that features which are in no file may take.
        let memory: Int
        let progress: TrainingProgress
    }

    /// A trained stage.
    struct Outcome: Sendable {
        let item: CheckpointPlan.Item
        let checkpoint: Checkpoint
        let cost: StageCost
    }

    let shard: Int
    let orders: [Order]

    var stages: [CheckpointPlan.Item] { orders.flatMap(\.stages) }

    /// The record-passes of every stage, in their order. `records`: The live records of the shard.
    func recordPasses(_ records: [PlanRecord], _ recipe: Recipe, _ table: StageTable) -> [Int] {
        stages.map { Stage($0.stage, of: recipe, shard: shard, in: table).recordPasses(records) }
    }

    /// Trains the stages one after another, and hands each out as soon as it is done.
    ///
    /// `records`: The live records of the shard, in canonical order. `recordPasses`: Of every stage, as above.
    /// `publish`: Stores a stage; whatever it throws ends the run.
    func train(
        _ records: [StoredRecord], recordPasses: [Int], _ setting: Setting, publish: (Outcome) throws -> Void
    ) throws {
        let trainer = try SliceTrainer(
            setting.recipe, setting.model, shard: shard, records: records, table: setting.table,
            threads: setting.threads, features: setting.features, memory: setting.memory)
        let starts = try Dictionary(
            uniqueKeysWithValues: orders.map { try ($0.stages[0].stage, start(of: $0, trainer, setting.model)) })
        var state = trainer.initialState
        for (item, recordPasses) in zip(stages, recordPasses) {
            if let start = starts[item.stage] { state = start }
            let (clock, before) = (ContinuousClock().now, trainer.cost)
            state = try trainer.train(stage: item.stage, from: state) {
                setting.progress(.advanced(shard: shard, stage: item.stage, recordPasses: $0))
            } features: {
                setting.progress(.features(shard: shard, done: $0, total: $1))
            }
            let cost = StageCost(
                recordPasses: recordPasses, tokens: trainer.cost.tokens - before.tokens,
                seconds: clock.duration(to: .now).seconds, stepSeconds: trainer.cost.stepSeconds - before.stepSeconds)
            let checkpoint = Checkpoint(
                state, layout: setting.model.layout, precision: setting.recipe.checkpointPrecision)
            try publish(Outcome(item: item, checkpoint: checkpoint, cost: cost))
            setting.progress(.finished(shard: shard, stage: item.stage, cost: cost))
        }
    }

    private func start(of order: Order, _ trainer: SliceTrainer, _ model: Model) throws -> AdapterState {
        guard let start = order.start else { return trainer.initialState }
        guard let state = start.state(layout: model.layout) else { throw TrainingError.checkpointOfAnotherModel }
        return state
    }
}
