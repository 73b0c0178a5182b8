extension DecoderLayer {
    /// Reads layer `layer` of a backbone; `needsGradient` packs its matrices for the backward products too.
    init(
        _ source: WeightSource, _ decoder: BackboneConfiguration.Decoder, layer: Int, needsGradient: Bool
    ) throws {
        let configuration = source.configuration
        let names = DecoderNames(configuration.modelType)
        let prefix = names.layer(layer)
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        let (query, keyValue) = (configuration.queryWidth, configuration.keyValueWidth)
        func linear(_ parts: [(name: String, outputs: Int)], _ inputs: Int, hasBias: Bool) throws -> FrozenLinear {
            var weights: [StoredRows] = []
            var bias: [Float] = []
            for (name, outputs) in parts {
                weights.append(try source.storedMatrix(prefix + name + ".weight", [outputs, inputs]))
                bias +=
                    hasBias
                    ? try source.vector(prefix + name + ".bias", outputs, seeded: 0)
                    : [Float](repeating: 0, count: outputs)
            }
            return FrozenLinear(weights, bias: bias, needsGradient: needsGradient)
        }
        self.hidden = hidden
        attentionNorm = try source.decoderNorm(prefix + names.attentionNorm, decoder, names)
        feedForwardNorm = try source.decoderNorm(prefix + names.feedForwardNorm, decoder, names)
        attention = CausalSelfAttention(
            heads: configuration.heads, keyValueHeads: decoder.keyValueHeads, headSize: decoder.headSize)
        switch configuration.modelType {
        case .gpt2:
            projections = [(.fusedAttention, 0..<query + 2 * keyValue)]
            queryKeyValue = try linear([("attn.c_attn", query + 2 * keyValue)], hidden, hasBias: true)
            attentionOutput = try linear([("attn.c_proj", hidden)], query, hasBias: true)
            attentionOutputModule = .fusedAttentionOutput
            feedForward = FeedForward(
                shape: .plain(configuration.activation), input: try linear([("mlp.c_fc", wide)], hidden, hasBias: true),
                output: try linear([("mlp.c_proj", hidden)], wide, hasBias: true))
        default:
            projections = [
                (.queryProjection, 0..<query), (.keyProjection, query..<query + keyValue),
                (.valueProjection, query + keyValue..<query + 2 * keyValue)
            ]
            queryKeyValue = try linear(
                [("self_attn.q_proj", query), ("self_attn.k_proj", keyValue), ("self_attn.v_proj", keyValue)], hidden,
                hasBias: decoder.hasAttentionBias)
            attentionOutput = try linear([("self_attn.o_proj", hidden)], query, hasBias: decoder.hasOutputBias)
            attentionOutputModule = .outputProjection
            feedForward = FeedForward(
                shape: .gated,
                input: try linear(
                    [("mlp.gate_proj", wide), ("mlp.up_proj", wide)], hidden, hasBias: decoder.hasFeedForwardBias),
                output: try linear([("mlp.down_proj", hidden)], wide, hasBias: decoder.hasFeedForwardBias))
        }
        headNorms =
            decoder.normsQueryAndKey
            ? HeadNorms(
                query: try source.rmsNorm(prefix + "self_attn.q_norm", decoder.headSize, decoder),
                key: try source.rmsNorm(prefix + "self_attn.k_norm", decoder.headSize, decoder)) : nil
        switch decoder.positions {
        case .learned: rotary = nil
        case .rotary(let angles):
            rotary = RotaryAngles.of(angles, headSize: decoder.headSize)
        }
    }
}

/// What causal models call the parts of their files.
struct DecoderNames {
    let embedding, attentionNorm, feedForwardNorm, outputNorm: String
    /// Where the embedding is not the output matrix too.
    let output = "lm_head"
    /// Learned positions, where the model has them.
    let positions = "transformer.wpe"
    let hasLayerNorm: Bool
    private let prefix: String

    init(_ model: BackboneConfiguration.ModelType) {
        switch model {
        case .gpt2:
            (embedding, prefix, outputNorm) = ("transformer.wte", "transformer.h.", "transformer.ln_f")
            (attentionNorm, feedForwardNorm, hasLayerNorm) = ("ln_1", "ln_2", true)
        default:
            (embedding, prefix, outputNorm) = ("model.embed_tokens", "model.layers.", "model.norm")
            (attentionNorm, feedForwardNorm) = ("input_layernorm", "post_attention_layernorm")
            hasLayerNorm = false
        }
    }

    /// The beginning of the names of a layer's tensors.
    func layer(_ layer: Int) -> String { "\(prefix)\(layer)." }
}

extension WeightSource {
    /// The root-mean-square norm of this name, over `count` numbers.
    func rmsNorm(_ name: String, _ count: Int, _ decoder: BackboneConfiguration.Decoder) throws -> RMSNorm {
        RMSNorm(weight: try vector(name + ".weight", count, seeded: 1), epsilon: decoder.normEpsilon)
    }

    /// The norm of this name, whatever kind the model has.
    func decoderNorm(
        _ name: String, _ decoder: BackboneConfiguration.Decoder, _ names: DecoderNames
    ) throws -> DecoderNorm {
        if names.hasLayerNorm { return .layer(try norm(name, epsilon: decoder.normEpsilon)) }
        return .rootMeanSquare(try rmsNorm(name, configuration.hiddenSize, decoder))
    }
}
