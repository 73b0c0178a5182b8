import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// Asking all shards at once gives the bits of asking one after another.
@Suite struct EnsembleClassifierTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lora: AdapterSpecification.LoRA?
        let pooling: Pooling

        init(_ name: String, _ targets: [TargetModule] = [], layers: [Int] = [], rank: Int = 3, pooling: Pooling) {
            testDescription = name
            lora = layers.isEmpty ? nil : .init(rank: rank, alpha: 5, targets: targets, layers: layers)
            self.pooling = pooling
        }
    }

    static let variants = [
        Variant("head, mean", pooling: .mean), Variant("head, cls", pooling: .cls),
        Variant("head, pooler", pooling: .pooler),
        Variant("query and value of the top layer", [.query, .value], layers: [1], pooling: .mean),
        Variant("all six matrices of both layers, pooler", TargetModule.allCases, layers: [0, 1], pooling: .pooler),
        Variant("the lower layer alone, cls", [.key, .attentionOutput, .output], layers: [0], rank: 1, pooling: .cls),
        Variant("no projection of the lowest layer", [.intermediate], layers: [0, 1], rank: 17, pooling: .mean)
    ]

    private func network(_ variant: Variant, labels: Int, _ folder: URL) throws -> Network {
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let specification = AdapterSpecification(lora: variant.lora, labels: labels, pooling: variant.pooling)
        return try Network(
            backbone: Backbone(folder: folder, gradientsFrom: nil),
            layout: AdapterLayout(specification, backbone: configuration))
    }

    private func states(_ count: Int, _ layout: AdapterLayout) -> [AdapterState] {
        (0..<count).map { shard in
            AdapterState(
                values: Philox(seed: 6, purpose: "test", context: ["\(shard)"]).uniforms(layout.count, bound: 0.3))
        }
    }

    /// (records, shards, labels) in bits, by `Classifier`: a shard after the other, a record at a time.
    private func reference(_ network: Network, _ states: [AdapterState], _ features: [Features]) -> [UInt32] {
        let shards = states.map { state in
            let classifier = Classifier(network, state)
            return features.map { classifier.probabilities([$0], threads: 1)[0] }
        }
        return features.indices.flatMap { record in shards.flatMap { $0[record].map(\.bitPattern) } }
    }

    private func expectSameBits(_ network: Network, tokens: [[Int32]], shards: Int) throws {
        let features = try Trunk(network).features(of: tokens, threads: 2)
        let states = states(shards, network.layout)
        let expected = reference(network, states, features)
        #expect(Set(expected).count > expected.count / 2)
        for threads in [1, 2, 3, 4, 7] {
            let classifier = EnsembleClassifier(network, states, threads: threads)
            // Sizes up and down, so that buffers which held more before are tried too.
            for size in [features.count, 1, 2, features.count / 2 + 1, 5] {
                let found = stride(from: 0, to: features.count, by: size).flatMap { start in
                    classifier.probabilities(Array(features[start..<min(start + size, features.count)]))
                        .values.map(\.bitPattern)
                }
                #expect(found == expected, "\(threads) threads, \(size) records at a time")
            }
        }
    }

    @Test(arguments: variants, [1, 2, 9])
    func everyShardsBitsAreItsOwn(variant: Variant, shards: Int) throws {
        let network = try network(variant, labels: 3, ToyWorld.recipeFolder.appending(path: "backbone"))
        // 60 records of 1 to 60 tokens: several chunks on one thread, and fewer records than threads where cut small.
        let stream = Philox(seed: 5, purpose: "test", context: ["tokens"])
        let tokens = (0..<60).map { record -> [Int32] in
            let length = 1 + record * 7 % 60
            return (0..<length).map { place -> Int32 in
                Int32(stream.word(at: UInt64(record * 100 + place)) % 213)
            }
        }
        try expectSameBits(network, tokens: tokens, shards: shards)
    }

    @Test(
        .enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6; run tools/fetch minilm"),
        arguments: [
            Variant("head", pooling: .mean),
            Variant("top two", [.query, .value], layers: [4, 5], rank: 8, pooling: .mean)
        ])
    func everyShardsBitsAreItsOwnOnMiniLM(variant: Variant) throws {
        let folder = try #require(TestData.miniLM)
        let network = try network(variant, labels: 77, folder)
        let tokenizer = try Tokenizer(folder: folder)
        let tokens = ToyRecord.questions.map { tokenizer.encode($0, maximumTokens: 64) }
        try expectSameBits(network, tokens: tokens, shards: 5)
    }

    @Test func noRecordsHaveNoProbabilities() throws {
        for variant in Self.variants {
            let network = try network(variant, labels: 3, ToyWorld.recipeFolder.appending(path: "backbone"))
            let classifier = EnsembleClassifier(network, states(2, network.layout), threads: 3)
            #expect(classifier.probabilities([]).values == [])
        }
    }
}
