import TestSupport
import Testing

@testable import Engine

/// The whole network against PyTorch, transformers and PEFT on the same weights.
@Suite struct ReferenceTests {
    static let onMiniLM = ["lora-all", "lora-top2-qv", "head-only", "pooler"]
    static let tiny = ["tiny-bert-prefixed", "tiny-bert-f16", "tiny-bert-relu", "tiny-distilbert", "tiny-electra"]

    @Test(
        .enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6; run tools/fetch minilm"), arguments: onMiniLM)
    func miniLMAgreesWithTheReference(name: String) throws {
        try agreesWithTheReference(ReferenceCase(name))
    }

    @Test(arguments: tiny)
    func theFamilyAgreesWithTheReference(name: String) throws {
        try agreesWithTheReference(ReferenceCase(name))
    }

    private func agreesWithTheReference(_ reference: ReferenceCase) throws {
        let settings = reference.settings
        let network = reference.network
        let state = AdapterState(values: try reference.parameters("initial"))
        let features = try Trunk(network).features(of: settings.tokens, threads: 2)

        let logits = Classifier(network, state).logits(features, threads: 1).flatMap { $0 }
        #expect(difference(logits, try reference.output("logits")).largest < 1e-4)
        if network.layout.specification.lora != nil {
            let pass = AdaptedPass(network)
            pass.forward(features[...], AdapterPanels(layout: network.layout, state))
            let states = try #require(pass.layers.last).result.prefix(pass.chunk.tokens * network.hidden)
            #expect(difference(states, try reference.output("hidden")).largest < 1e-4)
        }

        let trainer = BatchTrainer(network, threads: 2)
        let (gradient, losses) = trainer.gradient(of: reference.examples(features), at: state)
        let loss = losses.reduce(0, +) / Float(losses.count)
        #expect((loss - settings.losses[0]).magnitude < 1e-5)
        let expected = try reference.parameters("gradients")
        for tensor in network.layout.tensors {
            let (largest, scale) = difference(gradient[tensor.range], expected[tensor.range])
            #expect(scale > 0, "\(tensor.name) has no gradient in the reference")
            #expect(largest <= 1e-4 * scale, "\(tensor.name)")
        }
    }

    @Test(
        .enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6; run tools/fetch minilm"),
        arguments: ["lora-all", "lora-top2-qv", "head-only"])
    func tenStepsAgreeWithTheReference(name: String) throws {
        let reference = try ReferenceCase(name)
        let settings = reference.settings
        let network = reference.network
        let features = try Trunk(network).features(of: settings.tokens, threads: 2)
        var state = AdapterState(values: try reference.parameters("initial"))
        var optimizer = Optimizer.adamW(
            AdamW(count: network.layout.count, settings: AdamW.Settings(weightDecay: settings.weight_decay)))
        let trainer = BatchTrainer(network, threads: 1)
        for step in 0..<settings.steps {
            let loss = try trainer.step(
                &state, &optimizer, reference.examples(features), learningRate: settings.learning_rate,
                headLearningRate: settings.head_learning_rate)
            #expect((loss - settings.losses[step]).magnitude < 1e-4)
        }
        let expected = try reference.parameters("after")
        for tensor in network.layout.tensors {
            let (largest, scale) = difference(state.values[tensor.range], expected[tensor.range])
            #expect(largest <= 1e-3 * scale, "\(tensor.name)")
        }
    }

    @Test func aFileWithoutAPoolerIsRefusedWhereThePoolerIsAskedFor() throws {
        let tiny = try ReferenceCase("tiny-distilbert").network
        let layout = AdapterLayout(
            AdapterSpecification(lora: nil, labels: 2, pooling: .pooler),
            backbone: tiny.backbone.configuration)
        #expect(throws: NetworkError.noPooler) { try Network(backbone: tiny.backbone, layout: layout) }
    }
}
