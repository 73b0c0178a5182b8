extension EncoderLayer {
    /// Reads layer `layer` of a backbone; `needsGradient` packs its matrices for the backward products too.
    init(
        _ source: WeightSource, _ encoder: BackboneConfiguration.Encoder, layer: Int, needsGradient: Bool
    ) throws {
        let configuration = source.configuration
        let hidden = configuration.hiddenSize
        let intermediateSize = configuration.intermediateSize
        let names = LayerNames(configuration.modelType, layer: layer)
        var weights: [StoredRows] = []
        var biases: [Float] = []
        for name in [names.query, names.key, names.value] {
            weights.append(try source.storedMatrix(name + ".weight", [hidden, hidden]))
            biases += try source.vector(name + ".bias", hidden, seeded: 0)
        }
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> FrozenLinear {
            FrozenLinear(
                [try source.storedMatrix(name + ".weight", [outputs, inputs])],
                bias: try source.vector(name + ".bias", outputs, seeded: 0), needsGradient: needsGradient)
        }
        queryKeyValue = FrozenLinear(weights, bias: biases, needsGradient: needsGradient)
        attentionOutput = try linear(names.attentionOutput, hidden, hidden)
        attentionNorm = try source.norm(names.attentionNorm, epsilon: encoder.layerNormEpsilon)
        intermediate = try linear(names.intermediate, hidden, intermediateSize)
        output = try linear(names.output, intermediateSize, hidden)
        outputNorm = try source.norm(names.outputNorm, epsilon: encoder.layerNormEpsilon)
        activation = configuration.activation
        attention = Attention(heads: configuration.heads, hidden: hidden)
    }
}

/// What the members of the BERT family call the parts of a layer in their files.
private struct LayerNames {
    let query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm: String

    init(_ model: BackboneConfiguration.ModelType, layer: Int) {
        switch model {
        case .bert, .electra:
            let prefix = "encoder.layer.\(layer)."
            query = prefix + "attention.self.query"
            key = prefix + "attention.self.key"
            value = prefix + "attention.self.value"
            attentionOutput = prefix + "attention.output.dense"
            attentionNorm = prefix + "attention.output.LayerNorm"
            intermediate = prefix + "intermediate.dense"
            output = prefix + "output.dense"
            outputNorm = prefix + "output.LayerNorm"
        case .distilbert:
            let prefix = "transformer.layer.\(layer)."
            query = prefix + "attention.q_lin"
            key = prefix + "attention.k_lin"
            value = prefix + "attention.v_lin"
            attentionOutput = prefix + "attention.out_lin"
            attentionNorm = prefix + "sa_layer_norm"
            intermediate = prefix + "ffn.lin1"
            output = prefix + "ffn.lin2"
            outputNorm = prefix + "output_layer_norm"
        case .llama, .qwen2, .qwen3, .gpt2:
            preconditionFailure("a decoder has no encoder layers")
        }
    }
}
