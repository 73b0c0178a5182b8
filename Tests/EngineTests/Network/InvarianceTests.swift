import Foundation
import TestSupport
import Testing

@testable import Engine

/// Batch mates, chunks and threads change no bit of a feature, a logit or a gradient.
@Suite struct InvarianceTests {
    private let network: Network
    private let tokens: [[Int32]]
    private let state: AdapterState

    init() throws {
        let folder = ToyWorld.recipeFolder.appending(path: "backbone")
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let lora = AdapterSpecification.LoRA(rank: 3, alpha: 5, targets: TargetModule.all(of: .bert), layers: [1])
        let layout = AdapterLayout(
            AdapterSpecification(lora: lora, labels: 3, pooling: .mean), backbone: configuration)
        network = try Network(backbone: Backbone(folder: folder, gradientsFrom: 1), layout: layout)
        // 90 records of 1 to 60 tokens: several chunks on one thread, more on seven.
        let stream = Philox(seed: 5, purpose: "test", context: ["tokens"])
        tokens = (0..<90).map { record -> [Int32] in
            let length = 1 + record * 7 % 60
            return (0..<length).map { place -> Int32 in
                Int32(stream.word(at: UInt64(record * 100 + place)) % 213)
            }
        }
        let values = Philox(seed: 5, purpose: "test", context: ["state"]).uniforms(layout.count, bound: 0.3)
        state = AdapterState(values: values)
    }

    private func bits(_ values: [[Float]]) -> [[UInt32]] { values.map { $0.map(\.bitPattern) } }

    @Test func aRecordsFeaturesAreItsOwn() throws {
        let trunk = Trunk(network)
        let together = try trunk.features(of: tokens, threads: 1)
        for threads in [2, 3, 4, 7] { #expect(try trunk.features(of: tokens, threads: threads) == together) }
        let alone = try tokens.map { try trunk.features(of: [$0], threads: 1)[0] }
        #expect(bits(alone.map(\.values)) == bits(together.map(\.values)))
        let backwards = try trunk.features(of: tokens.reversed(), threads: 2)
        #expect(backwards.reversed() == together)
    }

    @Test func aRecordsLogitsAreItsOwn() throws {
        let features = try Trunk(network).features(of: tokens, threads: 1)
        let classifier = Classifier(network, state)
        let together = bits(classifier.logits(features, threads: 1))
        #expect(Set(together).count == together.count)
        for threads in [2, 3, 4, 7] { #expect(bits(classifier.logits(features, threads: threads)) == together) }
        #expect(features.map { bits(classifier.logits([$0], threads: 1))[0] } == together)
        #expect(bits(classifier.logits(features.reversed(), threads: 3)) == together.reversed())
        for size in [2, 17] {
            let cut = stride(from: 0, to: 90, by: size).flatMap {
                bits(classifier.logits(Array(features[$0..<min($0 + size, 90)]), threads: 1))
            }
            #expect(cut == together)
        }
    }

    @Test func theGradientDoesNotDependOnTheNumberOfThreads() throws {
        let features = try Trunk(network).features(of: tokens, threads: 1)
        let examples = features.enumerated().map { Example($1, .label($0 % 3)) }
        let one = BatchTrainer(network, threads: 1).gradient(of: examples, at: state)
        #expect(one.values.contains { $0 != 0 })
        for threads in [2, 3, 4, 7] {
            let trainer = BatchTrainer(network, threads: threads)
            // Twice, so that buffers which were used before are tried too.
            for _ in 0..<2 {
                let found = trainer.gradient(of: examples, at: state)
                #expect(bits([found.values, found.losses]) == bits([one.values, one.losses]), "\(threads) threads")
            }
        }
    }

    @Test func aLossFromOutsideGivesTheGradientOfAllParameters() throws {
        let features = try Trunk(network).features(of: Array(tokens.prefix(40)), threads: 1)
        let trainer = BatchTrainer(network, threads: 2)
        let own = trainer.gradient(of: features.enumerated().map { Example($1, .label($0 % 3)) }, at: state)
        let turned = trainer.gradient(of: features, at: state) { records, logits in
            let losses = CrossEntropy.backward(&logits, labels: 3, targets: records.map { $0 % 3 }, share: 1 / 40)
            for index in 0..<3 * records.count { logits[index].negate() }
            return losses.map { -$0 }
        }
        #expect(turned.values == own.values.map { -$0 })
        #expect(turned.losses == own.losses.map { -$0 })
        #expect(own.values.contains { $0 != 0 })
    }

    @Test(arguments: [Float.nan, .infinity, 3e38])
    func aStateThatIsNoNumberStopsTheTraining(value: Float) throws {
        let features = try Trunk(network).features(of: Array(tokens.prefix(4)), threads: 1)
        var state = self.state
        for index in network.layout.head { state.values[index] = index % 2 == 0 ? value : -value }
        var optimizer = Optimizer.adamW(AdamW(count: network.layout.count, settings: AdamW.Settings()))
        let before = state.values.map(\.bitPattern)
        #expect(throws: NetworkError.notFinite) {
            try BatchTrainer(network, threads: 1).step(
                &state, &optimizer, zip(features, [0, 1, 2, 0]).map { Example($0, .label($1)) }, learningRate: 1,
                headLearningRate: 1)
        }
        #expect(state.values.map(\.bitPattern) == before)
    }
}
