/// What a file calls the sizes of a causal model, so that errors name what stands there.
struct DecoderKeys {
    var hiddenSize = "hidden_size"
    var layers = "num_hidden_layers"
    var heads = "num_attention_heads"
    var keyValueHeads = "num_key_value_heads"
    var headSize = "head_dim"
    var intermediateSize = "intermediate_size"
    var vocabularySize = "vocab_size"
    var maximumPositions = "max_position_embeddings"
    var normEpsilon = "rms_norm_eps"
    var theta = "rope_theta"
    var scaling = "rope_scaling."
    /// The length of a head's value vectors, and of what is rotated of them: only GGUF files state these.
    var valueSize = ""
    var rotatedSize = ""

    static let gpt2 = DecoderKeys(
        hiddenSize: "n_embd", layers: "n_layer", heads: "n_head", intermediateSize: "n_inner",
        maximumPositions: "n_positions", normEpsilon: "layer_norm_epsilon")
}

extension BackboneConfiguration {
    /// Checks the values of a causal model; errors say that they come from `file`.
    package init(
        modelType: ModelType, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int, vocabularySize: Int,
        maximumPositions: Int, decoder: Decoder, activation: Activation, seed: UInt64? = nil,
        file: String = "configuration"
    ) throws(BackboneConfigurationError) {
        self.init(
            unchecked: modelType, hiddenSize: hiddenSize, layers: layers, heads: heads,
            intermediateSize: intermediateSize, vocabularySize: vocabularySize, maximumPositions: maximumPositions,
            activation: activation, seed: seed, family: .decoder(decoder))
        do {
            try check(decoder, modelType == .gpt2 ? .gpt2 : DecoderKeys())
        } catch {
            throw BackboneConfigurationError(file: file, problem: error)
        }
    }

    /// Limits that no real model comes near; past them a file is damaged or hostile.
    func check(_ decoder: Decoder, _ keys: DecoderKeys) throws(BackboneConfigurationError.Problem) {
        try require(hiddenSize, keys.hiddenSize, 1...65_536)
        try require(layers, keys.layers, 1...1_024)
        try require(heads, keys.heads, 1...65_536)
        try require(decoder.keyValueHeads, keys.keyValueHeads, 1...65_536)
        try require(decoder.headSize, keys.headSize, 1...4_096)
        try require(intermediateSize, keys.intermediateSize, 1...1_048_576)
        try require(vocabularySize, keys.vocabularySize, 1...16_777_216)
        try require(maximumPositions, keys.maximumPositions, 1...16_777_216)
        guard heads.isMultiple(of: decoder.keyValueHeads) else {
            throw .keyValueHeadsDoNotDivide(heads: heads, keyValueHeads: decoder.keyValueHeads)
        }
        try Self.require(decoder.normEpsilon, keys.normEpsilon, "between 0 and 1") { $0 > 0 && $0 < 1 }
        var rows = vocabularySize * (decoder.isTied ? 1 : 2)
        switch decoder.positions {
        case .learned: rows += maximumPositions
        case .rotary(let rotary): try check(rotary, headSize: decoder.headSize, keys)
        }
        // No overflow: by the limits above every product below stays under 2^60.
        let attention = 2 * hiddenSize * (queryWidth + keyValueWidth)
        let feedForward = (modelType == .gpt2 ? 2 : 3) * hiddenSize * intermediateSize
        guard rows * hiddenSize + layers * (attention + feedForward) <= Self.parameterLimit else {
            throw .tooManyParameters(limit: Self.parameterLimit)
        }
    }

    private func check(
        _ rotary: Rotary, headSize: Int, _ keys: DecoderKeys
    ) throws(BackboneConfigurationError.Problem) {
        guard headSize.isMultiple(of: 2) else {
            throw .outOfRange(key: keys.headSize, found: "\(headSize)", allowed: "an even number")
        }
        try Self.require(rotary.theta, keys.theta, "1 or more") { $0 >= 1 }
        switch rotary.scaling {
        case .none: return
        case .linear(let factor): try Self.require(factor, keys.scaling + "factor", "1 or more") { $0 >= 1 }
        case .llama3(let factor, let low, let high, let positions):
            try Self.require(factor, keys.scaling + "factor", "1 or more") { $0 >= 1 }
            try Self.require(low, keys.scaling + "low_freq_factor", "above 0") { $0 > 0 }
            try Self.require(high, keys.scaling + "high_freq_factor", "above low_freq_factor") { $0 > low }
            try require(positions, keys.scaling + "original_max_position_embeddings", 1...16_777_216)
        case .divisors(let divisors):
            try require(divisors.count, keys.scaling + "divisors", headSize / 2...headSize / 2)
            for divisor in divisors { try Self.require(divisor, keys.scaling + "divisors", "above 0") { $0 > 0 } }
        }
    }

    private static func require(
        _ value: Float, _ key: String, _ allowed: String, _ isAllowed: (Float) -> Bool
    ) throws(BackboneConfigurationError.Problem) {
        guard value.isFinite, isAllowed(value) else {
            throw .outOfRange(key: key, found: "\(value)", allowed: allowed)
        }
    }
}
