import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// A stage is the steps that docs/exactness.md and docs/numerics.md define, one after another, and nothing before,
/// between or after.
@Suite struct StageStepsTests {
    @Test(
        arguments: [Recipe.Adapter.head, .lora(rank: 2, targets: [.query, .output])], Recipe.Optimizer.Schedule.allCases
    )
    func aStageIsItsStepsAndNothingElse(adapter: Recipe.Adapter, schedule: Recipe.Optimizer.Schedule) throws {
        try ToyWorld.with(changing: {
            ($0.shards, $0.slices, $0.epochs, $0.adapter) = (1, 2, 3.5, adapter)
            ($0.optimizer.schedule, $0.optimizer.warmup, $0.optimizer.weightDecay) = (schedule, 0.3, 0.1)
        }) { world in
            let records = try world.workspace("subject", ToyRecord.all()).records(shard: 0)
            let model = try Model(world.recipe, backbone: world.backbone, training: true)
            let trainer = try SliceTrainer(
                world.recipe, model, shard: 0, records: records, table: StageTable(world.recipe), threads: 1,
                features: nil)
            var state = trainer.initialState
            for stage in 0..<world.recipe.slices {
                let wanted = try steps(of: stage, from: state, world.recipe, records, model)
                state = try trainer.train(stage: stage, from: state) { _ in }
                #expect(state.values.map(\.bitPattern) == wanted.map(\.bitPattern), "stage \(stage)")
            }
        }
    }

    /// Number by number: moments from zero, batch after batch of every pass, the learning rate by the formula.
    private func steps(
        of index: Int, from state: AdapterState, _ recipe: Recipe, _ records: [StoredRecord], _ model: Model
    ) throws -> [Float] {
        let (stage, planRecords, optimizer) = (
            Stage(index, of: recipe, shard: 0), records.map(\.planRecord), recipe.optimizer
        )
        let batches = (0..<stage.passes).map { stage.order(pass: $0, planRecords) }.flatMap { order in
            stride(from: 0, to: order.count, by: recipe.batch).map { Array(order.dropFirst($0).prefix(recipe.batch)) }
        }
        let all = Double(batches.count)
        let rising = (optimizer.warmup * all).rounded(.up)
        let gradients = BatchTrainer(try model.network, threads: 1)
        let (beta1, beta2) = (Float(optimizer.beta1), Float(optimizer.beta2))
        var (beta1Power, beta2Power): (Float, Float) = (1, 1)
        var weights = state.values
        var (m, v) = (weights.map { _ in Float(0) }, weights.map { _ in Float(0) })
        for (step, batch) in batches.enumerated() {
            let gradient = gradients.gradient(
                of: zip(try model.features(of: batch.map { records[$0].record }, threads: 1), batch).map {
                    Example($0, .label(records[$1].record.content.label ?? 0))
                }, at: AdapterState(values: weights)
            ).values
            let done = Double(step)
            let falling = optimizer.schedule == .linear ? (all - done) / (all - rising) : 1
            let factor = done < rising ? (done + 1) / rising : falling
            (beta1Power, beta2Power) = (beta1Power * beta1, beta2Power * beta2)
            for place in weights.indices {
                let isHead = model.layout.head.contains(place)
                let rate = Float(isHead ? optimizer.headLearningRate : optimizer.learningRate) * Float(factor)
                SlowTwins.adamW(
                    w: &weights[place], g: gradient[place], m: &m[place], v: &v[place],
                    lrDecay: rate * Float(optimizer.weightDecay), beta1: beta1, oneMinusBeta1: 1 - beta1, beta2: beta2,
                    oneMinusBeta2: 1 - beta2, step: rate / (1 - beta1Power),
                    inverseSqrtCorrection2: 1 / (1 - beta2Power).squareRoot(), epsilon: Float(optimizer.epsilon))
            }
        }
        return weights
    }
}
