/// A matrix of a layer that LoRA can adapt; matched by its whole name, never by a part of it.
///
/// The order is that of a layer's forward pass, and of the parameters in a buffer. The raw values are in recipes and
/// their identities. A further one needs a case here and its line in the layer's three functions: forward, backward and
/// operands.
package enum TargetModule: String, CaseIterable, Codable, Sendable {
    case query
    case key
    case value
    case attentionOutput = "attention.output"
    case intermediate
    case output
    // Llama, Qwen2, Qwen3.
    case queryProjection = "q_proj"
    case keyProjection = "k_proj"
    case valueProjection = "v_proj"
    case outputProjection = "o_proj"
    case gateProjection = "gate_proj"
    case upProjection = "up_proj"
    case downProjection = "down_proj"
    // GPT-2: query, key and value are one matrix, and two matrices end in `c_proj`.
    case fusedAttention = "c_attn"
    case fusedAttentionOutput = "attn.c_proj"
    case feedForward = "c_fc"
    case feedForwardOutput = "mlp.c_proj"

    /// The matrices that the layers of a model have, in the order of their forward pass.
    package static func all(of model: BackboneConfiguration.ModelType) -> [TargetModule] {
        switch model {
        case .bert, .distilbert, .electra: [.query, .key, .value, .attentionOutput, .intermediate, .output]
        case .llama, .qwen2, .qwen3:
            [
                .queryProjection, .keyProjection, .valueProjection, .outputProjection, .gateProjection, .upProjection,
                .downProjection
            ]
        case .gpt2: [.fusedAttention, .fusedAttentionOutput, .feedForward, .feedForwardOutput]
        }
    }

    /// Where PEFT finds the module inside a layer.
    package var path: String {
        switch self {
        case .query, .key, .value: "attention.self.\(rawValue)"
        case .attentionOutput: "attention.output.dense"
        case .intermediate: "intermediate.dense"
        case .output: "output.dense"
        case .queryProjection, .keyProjection, .valueProjection, .outputProjection: "self_attn.\(rawValue)"
        case .gateProjection, .upProjection, .downProjection: "mlp.\(rawValue)"
        case .fusedAttention: "attn.c_attn"
        case .feedForward: "mlp.c_fc"
        case .fusedAttentionOutput, .feedForwardOutput: rawValue
        }
    }

    /// The length of the vectors that the module reads, and of those that it gives.
    func shape(in backbone: BackboneConfiguration) -> (inputs: Int, outputs: Int) {
        let (hidden, wide) = (backbone.hiddenSize, backbone.intermediateSize)
        let (query, keyValue) = (backbone.queryWidth, backbone.keyValueWidth)
        return switch self {
        case .query, .key, .value, .attentionOutput: (hidden, hidden)
        case .queryProjection: (hidden, query)
        case .keyProjection, .valueProjection: (hidden, keyValue)
        case .outputProjection, .fusedAttentionOutput: (query, hidden)
        case .fusedAttention: (hidden, query + 2 * keyValue)
        case .intermediate, .gateProjection, .upProjection, .feedForward: (hidden, wide)
        case .output, .downProjection, .feedForwardOutput: (wide, hidden)
        }
    }

    /// The module's place among all: its entry in lists that have one for each.
    var index: Int { Self.indices[self, default: 0] }

    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

extension BackboneConfiguration.ModelType {
    /// Where PEFT finds a layer, with the dot behind it.
    ///
    /// Members of the BERT family are adapted under BERT's names, whatever their own are.
    package func layerPath(_ layer: Int) -> String {
        switch self {
        case .bert, .distilbert, .electra: "bert.encoder.layer.\(layer)."
        case .llama, .qwen2, .qwen3: "model.layers.\(layer)."
        case .gpt2: "transformer.h.\(layer)."
        }
    }
}
