/// The shape of a frozen encoder of the BERT family, as its config.json states it.
///
/// Every value is checked when it is made, so whoever holds one may multiply its sizes without
/// overflow and may divide `hiddenSize` by `heads`.
package struct BackboneConfiguration: Sendable, Equatable {
    package enum ModelType: String, Sendable, CaseIterable {
        case bert, distilbert, electra
    }

    package enum Activation: String, Sendable {
        /// x * Phi(x), by the error function.
        case gelu
        /// The approximation of it by tanh.
        case geluTanh
        case relu
    }

    package let modelType: ModelType
    package let hiddenSize: Int
    package let layers: Int
    package let heads: Int
    package let intermediateSize: Int
    package let vocabularySize: Int
    package let maximumPositions: Int
    /// 0 where the model has no segment embeddings (distilbert).
    package let typeVocabularySize: Int
    package let layerNormEpsilon: Float
    package let activation: Activation
    /// Where set, weights are generated from this seed and no weights file is read.
    package let seed: UInt64?

    static let parameterLimit = 1 << 33

    /// Checks the values; errors say that they come from `file`.
    package init(
        modelType: ModelType = .bert, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int,
        vocabularySize: Int, maximumPositions: Int = 512, typeVocabularySize: Int? = nil,
        layerNormEpsilon: Float = 1e-12, activation: Activation = .gelu, seed: UInt64? = nil,
        file: String = "configuration"
    ) throws(BackboneConfigurationError) {
        self.modelType = modelType
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        self.intermediateSize = intermediateSize
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.typeVocabularySize = typeVocabularySize ?? (modelType == .distilbert ? 0 : 2)
        self.layerNormEpsilon = layerNormEpsilon
        self.activation = activation
        self.seed = seed
        do {
            try check()
        } catch {
            throw BackboneConfigurationError(file: file, problem: error)
        }
    }

    /// Limits that no real encoder comes near; past them a file is damaged or hostile.
    private func check() throws(BackboneConfigurationError.Problem) {
        let distil = modelType == .distilbert
        try require(hiddenSize, distil ? "dim" : "hidden_size", 1...65_536)
        try require(layers, distil ? "n_layers" : "num_hidden_layers", 1...1_024)
        try require(heads, distil ? "n_heads" : "num_attention_heads", 1...65_536)
        try require(intermediateSize, distil ? "hidden_dim" : "intermediate_size", 1...1_048_576)
        try require(vocabularySize, "vocab_size", 1...16_777_216)
        try require(maximumPositions, "max_position_embeddings", 1...1_048_576)
        try require(typeVocabularySize, "type_vocab_size", distil ? 0...0 : 1...65_536)
        guard hiddenSize.isMultiple(of: heads) else {
            throw .headsDoNotDivide(hidden: hiddenSize, heads: heads)
        }
        guard layerNormEpsilon > 0, layerNormEpsilon < 1 else {
            throw .outOfRange(key: "layer_norm_eps", found: "\(layerNormEpsilon)", allowed: "between 0 and 1")
        }
        // No overflow: by the limits above every product below stays under 2^60.
        let rows = vocabularySize + maximumPositions + typeVocabularySize
        let layer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * intermediateSize
        guard rows * hiddenSize + layers * layer <= Self.parameterLimit else {
            throw .tooManyParameters(limit: Self.parameterLimit)
        }
    }

    private func require(
        _ value: Int, _ key: String, _ allowed: ClosedRange<Int>
    ) throws(BackboneConfigurationError.Problem) {
        guard allowed.contains(value) else {
            throw .outOfRange(
                key: key, found: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}

extension BackboneConfigurationError.Problem: Error {}
