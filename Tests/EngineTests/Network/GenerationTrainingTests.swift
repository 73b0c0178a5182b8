internal import Foundation
internal import Testing

@testable import Engine

/// What training a generation may and may not depend on.
@Suite struct GenerationTrainingTests {
    static let lengths = [9, 3, 30, 14, 2, 22, 7, 11]

    private func examples(_ network: Network) throws -> [Example] {
        let texts = ToyDecoder.texts(Self.lengths)
        let continuations = texts.enumerated().map { index, text in
            let prompt = max(1, text.count / 2 - index % 2)
            return Continuation(prompt: Array(text.prefix(prompt)), completion: Array(text.dropFirst(prompt)))
        }
        let features = try Trunk(network).features(of: continuations.map(\.inputs), threads: 1)
        return zip(features, continuations).map { Example($0, .completion($1)) }
    }

    @Test(arguments: ToyDecoder.allCases)
    func aGradientHasTheSameBitsForEveryNumberOfThreads(model: ToyDecoder) throws {
        let network = try model.network(promptWeight: 0.25)
        let state = ToyDecoder.state(network, shard: 0)
        let examples = try examples(network)
        let one = BatchTrainer(network, threads: 1).gradient(of: examples, at: state)
        #expect(one.values.contains { $0 != 0 })
        for threads in [2, 3, 4, 7] {
            let many = BatchTrainer(network, threads: threads).gradient(of: examples, at: state)
            #expect(many.values.map(\.bitPattern) == one.values.map(\.bitPattern))
            #expect(many.losses.map(\.bitPattern) == one.losses.map(\.bitPattern))
        }
    }

    /// Central differences of the loss in single precision: coarse, but no sign and no factor passes it by.
    @Test(arguments: ToyDecoder.allCases)
    func aGradientIsTheSlopeOfTheLoss(model: ToyDecoder) throws {
        let network = try model.network(promptWeight: 0.25)
        let state = ToyDecoder.state(network, shard: 0)
        let examples = try examples(network)
        let trainer = BatchTrainer(network, threads: 1)
        func loss(_ state: AdapterState) -> Double {
            trainer.gradient(of: examples, at: state).losses.reduce(0) { $0 + Double($1) }
        }
        let gradient = trainer.gradient(of: examples, at: state).values
        for tensor in network.layout.tensors {
            let stream = Philox(seed: 8, purpose: "direction", context: [tensor.name])
            var (above, below) = (state, state)
            var expected = 0.0
            for (index, place) in tensor.range.enumerated() {
                let step = stream.uniform(at: UInt64(index), bound: 0.01)
                above.values[place] += step
                below.values[place] -= step
                expected += Double(gradient[place]) * 2 * Double(step)
            }
            let found = loss(above) - loss(below)
            #expect(abs(found - expected) <= 0.03 * abs(expected) + 4e-6, "\(tensor.name): \(found), \(expected)")
        }
    }

    @Test func aLossIsTheMeanOverAllScoredTokensOfABatch() throws {
        let network = try ToyDecoder.llama.network()
        let state = ToyDecoder.state(network, shard: 0)
        let examples = try examples(network)
        let trainer = BatchTrainer(network, threads: 1)
        let together = trainer.gradient(of: examples, at: state).losses.reduce(0, +)
        var (sum, tokens) = (Float(0), 0)
        for example in examples {
            let scored = example.target.continuation.tokens.count - example.target.continuation.prompt
            sum += trainer.gradient(of: [example], at: state).losses[0] * Float(scored)
            tokens += scored
        }
        #expect(abs(together - sum / Float(tokens)) < 1e-5)
    }

    @Test(arguments: [[TargetModule.queryProjection, .valueProjection], [.downProjection], [.keyProjection]])
    func whatIsNotAdaptedChangesNoOtherGradient(targets: [TargetModule]) throws {
        let all = try ToyDecoder.llama.network()
        let some = try ToyDecoder.llama.network(targets: targets)
        var full = AdapterState(values: [Float](repeating: 0, count: all.layout.count))
        let part = ToyDecoder.state(some, shard: 0)
        for tensor in some.layout.tensors {
            guard let same = all.layout.tensors.first(where: { $0.name == tensor.name }) else { continue }
            full.values.replaceSubrange(same.range, with: part.values[tensor.range])
        }
        let expected = try BatchTrainer(all, threads: 1).gradient(of: examples(all), at: full).values
        let found = try BatchTrainer(some, threads: 1).gradient(of: examples(some), at: part).values
        for tensor in some.layout.tensors {
            guard let same = all.layout.tensors.first(where: { $0.name == tensor.name }) else { continue }
            #expect(found[tensor.range].elementsEqual(expected[same.range]), "\(tensor.name)")
        }
    }
}
