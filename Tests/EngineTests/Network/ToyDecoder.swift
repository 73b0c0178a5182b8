internal import Foundation
internal import Testing

@testable import Engine

/// Small seeded causal models, one of each shape.
enum ToyDecoder: String, CaseIterable, CustomTestStringConvertible {
    case llama, qwen2, qwen3, gpt2

    var testDescription: String { rawValue }

    static let vocabulary = 61

    func configuration() throws -> BackboneConfiguration {
        let rotary = BackboneConfiguration.Positions.rotary(.init(theta: 100))
        let (type, decoder): (BackboneConfiguration.ModelType, BackboneConfiguration.Decoder) =
            switch self {
            case .llama:
                (.llama, .init(keyValueHeads: 2, headSize: 6, normEpsilon: 1e-5, positions: rotary, isTied: true))
            case .qwen2:
                (
                    .qwen2,
                    .init(
                        keyValueHeads: 1, headSize: 6, normEpsilon: 1e-6, positions: rotary, isTied: false,
                        hasAttentionBias: true)
                )
            case .qwen3:
                (
                    .qwen3,
                    .init(
                        keyValueHeads: 4, headSize: 10, normEpsilon: 1e-6, positions: rotary, isTied: true,
                        normsQueryAndKey: true)
                )
            case .gpt2:
                (
                    .gpt2,
                    .init(
                        keyValueHeads: 4, headSize: 6, normEpsilon: 1e-5, positions: .learned, isTied: true,
                        hasAttentionBias: true, hasOutputBias: true, hasFeedForwardBias: true)
                )
            }
        return try BackboneConfiguration(
            modelType: type, hiddenSize: 24, layers: 4, heads: 4, intermediateSize: 36,
            vocabularySize: Self.vocabulary, maximumPositions: 80, decoder: decoder,
            activation: self == .gpt2 ? .geluTanh : .silu, seed: 5)
    }

    /// The network with all its matrices adapted in the layers from 2 on.
    func network(promptWeight: Float = 0, targets: [TargetModule]? = nil) throws -> Network {
        let configuration = try configuration()
        let lora = AdapterSpecification.LoRA(
            rank: 3, alpha: 6, targets: targets ?? TargetModule.all(of: configuration.modelType), layers: [2, 3])
        let layout = AdapterLayout(
            AdapterSpecification(lora: lora, promptWeight: promptWeight), backbone: configuration)
        let backbone = try Backbone(
            configuration, ModelFolder(URL(filePath: "/nowhere"), weights: []), gradientsFrom: layout.firstLayer)
        return try Network(backbone: backbone, layout: layout)
    }

    /// A state in which no matrix is zero.
    static func state(_ network: Network, shard: Int) -> AdapterState {
        let stream = Philox(seed: 11, purpose: "toy decoder", context: [String(shard)])
        return AdapterState(values: stream.uniforms(network.layout.count, bound: 0.3))
    }

    /// Texts of these lengths.
    static func texts(_ lengths: [Int]) -> [[Int32]] {
        let stream = Philox(seed: 3, purpose: "toy texts", context: [])
        return lengths.enumerated().map { index, length in
            (0..<length).map { Int32(stream.word(at: UInt64(index * 1000 + $0)) % UInt64(vocabulary)) }
        }
    }
}
