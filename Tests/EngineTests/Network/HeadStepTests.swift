import Foundation
import TestSupport
import Testing

@testable import Engine

/// A step of the head alone has the bits of the general gradient, however its labels are shared out.
@Suite struct HeadStepTests {
    private struct Outcome: Equatable {
        var weights: [UInt32] = []
        var losses: [UInt32] = []
    }

    private let network: Network
    private let features: [Features]
    private static let labels = 11

    init() throws {
        let folder = ToyWorld.recipeFolder.appending(path: "backbone")
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let layout = AdapterLayout(
            AdapterSpecification(lora: nil, labels: Self.labels, pooling: .mean), backbone: configuration)
        network = try Network(backbone: Backbone(folder: folder, gradientsFrom: nil), layout: layout)
        let stream = Philox(seed: 3, purpose: "test", context: ["features"])
        let hidden = configuration.hiddenSize
        let values = stream.uniforms(40 * hidden, bound: 2)
        features = (0..<40).map { Features(rows: 1, values: Array(values[$0 * hidden..<($0 + 1) * hidden])) }
    }

    /// Several steps on batches of several sizes, with weight decay, so that nothing is zero by chance.
    private func run(
        _ step: (inout AdapterState, inout Optimizer, [Example]) throws -> Float
    ) rethrows -> Outcome {
        var state = AdapterState(seed: 9, shard: 2, layout: network.layout)
        var optimizer = Optimizer.adamW(AdamW(count: network.layout.count, settings: .init(weightDecay: 0.1)))
        var outcome = Outcome()
        for size in [16, 1, 7, 40, 16, 33] {
            let loss = try step(
                &state, &optimizer, (0..<size).map { Example(features[$0], .label($0 * 7 % Self.labels)) })
            outcome.losses.append(loss.bitPattern)
        }
        outcome.weights = state.values.map(\.bitPattern)
        return outcome
    }

    @Test func theHeadStepIsTheGeneralStep() throws {
        let general = run { state, optimizer, examples in
            let trainer = BatchTrainer(network, threads: 1)
            let (gradient, losses) = trainer.gradient(of: examples, at: state)
            optimizer.step(
                &state.values, parts: [.init(range: network.layout.head, gradient: gradient, learningRate: 0.01)])
            return losses.reduce(0, +) / Float(losses.count)
        }
        for threads in [1, 2, 3, 4, 7, 16] {
            let head = HeadStep(network.layout, ThreadPool(size: threads), leastShare: 1)
            let found = try run {
                try head.run(&$0, &$1, $2, learningRate: 0.01)
            }
            #expect(found == general, "\(threads) threads")
            let trainer = BatchTrainer(network, threads: threads)
            let trained = try run {
                try trainer.step(&$0, &$1, $2, learningRate: 7, headLearningRate: 0.01)
            }
            #expect(trained == general, "\(threads) threads, as training asks for it")
        }
    }

    @Test(arguments: [1, 3]) func aStateThatIsNoNumberStopsTheHeadToo(threads: Int) {
        var state = AdapterState(seed: 9, shard: 2, layout: network.layout)
        state.values[5] = .infinity
        var optimizer = Optimizer.adamW(AdamW(count: network.layout.count, settings: .init()))
        let before = state.values.map(\.bitPattern)
        let head = HeadStep(network.layout, ThreadPool(size: threads), leastShare: 1)
        #expect(throws: NetworkError.notFinite) {
            try head.run(&state, &optimizer, features.map { Example($0, .label(1)) }, learningRate: 1)
        }
        #expect(state.values.map(\.bitPattern) == before)
    }
}
