import TestSupport
import Testing

@testable import Engine

/// Causal models of every family against PyTorch, transformers and PEFT in binary64 on the same weights.
@Suite struct DecoderReferenceTests {
    static let models = ["tiny-llama-tied", "tiny-llama-own", "tiny-qwen2", "tiny-qwen3", "tiny-gpt2"]
    static let adapters = ["few", "all"]

    @Test(arguments: models, adapters)
    func whatEachTokenExpectsAgreesWithTheReference(model: String, adapter: String) throws {
        let reference = try DecoderCase(model, adapter)
        let scores = try wholeTexts(reference, threads: 2)
        for (member, isAdapted) in [true, false].enumerated() {
            let found = scores.flatMap { text in
                (0..<text.places).flatMap { text.values[text.range(member: member, place: $0)] }
            }
            let expected = try reference.logProbabilities(adapted: isAdapted)
            #expect(difference(found, expected).largest < 1e-3, "adapted: \(isAdapted)")
        }
    }

    @Test(arguments: models)
    func tokensThatAreFedOneByOneGiveTheBitsOfTheWholeText(model: String) throws {
        let reference = try DecoderCase(model, "all")
        let whole = try wholeTexts(reference, threads: 2)
        let ensemble = try ensemble(reference, threads: 1)
        for (text, tokens) in reference.records.tokens.enumerated() {
            let stream = ensemble.stream()
            for (place, token) in tokens.enumerated() {
                let scores = try #require(ensemble.feed([[token]], to: [stream], wanted: [0..<1]).first)
                for member in 0..<ensemble.members {
                    #expect(
                        scores.values[scores.range(member: member, place: 0)]
                            == whole[text].values[whole[text].range(member: member, place: place)],
                        "text \(text), place \(place)")
                }
            }
        }
    }

    @Test(arguments: models, adapters)
    func theGradientAgreesWithTheReference(model: String, adapter: String) throws {
        let reference = try DecoderCase(model, adapter)
        let layout = reference.network.layout
        let state = AdapterState(values: try reference.parameters("initial"))
        let gradient = BatchTrainer(reference.network, threads: 2)
            .gradient(of: try reference.examples(threads: 2), at: state).values
        let expected = try reference.parameters("gradients")
        for tensor in layout.tensors {
            let (largest, scale) = difference(gradient[tensor.range], expected[tensor.range])
            #expect(scale > 0, "\(tensor.name) has no gradient in the reference")
            #expect(largest <= 1e-3 * scale, "\(tensor.name)")
        }
    }

    @Test(arguments: models, adapters)
    func tenStepsAgreeWithTheReference(model: String, adapter: String) throws {
        let reference = try DecoderCase(model, adapter)
        let (settings, layout) = (reference.settings, reference.network.layout)
        let examples = try reference.examples(threads: 1)
        var state = AdapterState(values: try reference.parameters("initial"))
        var optimizer = Optimizer.adamW(
            AdamW(count: layout.count, settings: AdamW.Settings(weightDecay: settings.weight_decay)))
        let trainer = BatchTrainer(reference.network, threads: 1)
        for step in 0..<settings.steps {
            let loss = try trainer.step(
                &state, &optimizer, examples, learningRate: settings.learning_rate, headLearningRate: 0)
            #expect((loss - settings.losses[step]).magnitude <= 1e-4 * settings.losses[step], "step \(step)")
        }
        let expected = try reference.parameters("after")
        for tensor in layout.tensors {
            let (largest, scale) = difference(state.values[tensor.range], expected[tensor.range])
            #expect(largest <= 1e-3 * scale, "\(tensor.name)")
        }
    }

    /// The initial adapter, and the model by itself.
    private func ensemble(_ reference: DecoderCase, threads: Int) throws -> LanguageEnsemble {
        let state = AdapterState(values: try reference.parameters("initial"))
        return LanguageEnsemble(reference.network, [state], base: true, threads: threads)
    }

    private func wholeTexts(_ reference: DecoderCase, threads: Int) throws -> [TokenScores] {
        let ensemble = try ensemble(reference, threads: threads)
        let tokens = reference.records.tokens
        return ensemble.feed(
            tokens, to: tokens.map { _ in ensemble.stream() }, wanted: tokens.map { 0..<$0.count })
    }
}
