/// The sizes of a frozen backbone, as its config.json states them: those that all have, and what its family has beside.
///
/// Every value is checked when it is made, so whoever holds one may multiply its sizes without
/// overflow. An encoder's `heads` divide `hiddenSize`; a decoder has a head size of its own.
package struct BackboneConfiguration: Sendable, Equatable {
    /// The kinds of model that can be read, by their `model_type`.
    package enum ModelType: String, Sendable, CaseIterable {
        case bert, distilbert, electra
        case llama, qwen2, qwen3, gpt2
    }

    /// The function between the two halves of a feed-forward block.
    package enum Activation: String, Sendable {
        /// x * Phi(x), by the error function.
        case gelu
        /// The approximation of it by tanh.
        case geluTanh
        /// The larger of x and 0.
        case relu
        /// x / (1 + exp(-x)), also called swish.
        case silu
    }

    /// What only the models of one architecture have.
    package enum Family: Sendable, Equatable {
        /// Encoders of BERT's kind: learned positions and segments, layer norms behind attention and feed-forward.
        case encoder(Encoder)
        /// Causal models: norms before attention and feed-forward, a token looks at itself and those before it.
        case decoder(Decoder)
    }

    /// The values that only an encoder has.
    package struct Encoder: Sendable, Equatable {
        /// The rows of the segment embedding; 0 where the model has none (distilbert).
        package let typeVocabularySize: Int
        /// What layer norms add to a variance.
        package let layerNormEpsilon: Float
    }

    /// Which model it is; it decides how the file's tensors are called.
    package let modelType: ModelType
    /// The length of a token's vector.
    package let hiddenSize: Int
    /// How many layers there are.
    package let layers: Int
    /// Attention heads of a layer; in an encoder they divide `hiddenSize`.
    package let heads: Int
    /// The width of a feed-forward block.
    package let intermediateSize: Int
    /// The rows of the token embedding.
    package let vocabularySize: Int
    /// The longest text, in tokens.
    package let maximumPositions: Int
    /// The function of the feed-forward blocks.
    package let activation: Activation
    /// Where set, weights are generated from this seed and no weights file is read.
    package let seed: UInt64?
    /// What the model's architecture has beside.
    package let family: Family

    static let parameterLimit = 1 << 33

    /// Checks the values of an encoder; errors say that they come from `file`.
    package init(
        modelType: ModelType = .bert, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int,
        vocabularySize: Int, maximumPositions: Int = 512, typeVocabularySize: Int? = nil,
        layerNormEpsilon: Float = 1e-12, activation: Activation = .gelu, seed: UInt64? = nil,
        file: String = "configuration"
    ) throws(BackboneConfigurationError) {
        let encoder = Encoder(
            typeVocabularySize: typeVocabularySize ?? (modelType == .distilbert ? 0 : 2),
            layerNormEpsilon: layerNormEpsilon)
        self.init(
            unchecked: modelType, hiddenSize: hiddenSize, layers: layers, heads: heads,
            intermediateSize: intermediateSize, vocabularySize: vocabularySize, maximumPositions: maximumPositions,
            activation: activation, seed: seed, family: .encoder(encoder))
        do {
            try check(encoder)
        } catch {
            throw BackboneConfigurationError(file: file, problem: error)
        }
    }

    /// Takes the values as they are.
    init(
        unchecked modelType: ModelType, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int,
        vocabularySize: Int, maximumPositions: Int, activation: Activation, seed: UInt64?, family: Family
    ) {
        self.modelType = modelType
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        self.intermediateSize = intermediateSize
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.activation = activation
        self.seed = seed
        self.family = family
    }

    /// Limits that no real encoder comes near; past them a file is damaged or hostile.
    func check(_ encoder: Encoder) throws(BackboneConfigurationError.Problem) {
        let distil = modelType == .distilbert
        try require(hiddenSize, distil ? "dim" : "hidden_size", 1...65_536)
        try require(layers, distil ? "n_layers" : "num_hidden_layers", 1...1_024)
        try require(heads, distil ? "n_heads" : "num_attention_heads", 1...65_536)
        try require(intermediateSize, distil ? "hidden_dim" : "intermediate_size", 1...1_048_576)
        try require(vocabularySize, "vocab_size", 1...16_777_216)
        try require(maximumPositions, "max_position_embeddings", 1...1_048_576)
        try require(encoder.typeVocabularySize, "type_vocab_size", distil ? 0...0 : 1...65_536)
        guard hiddenSize.isMultiple(of: heads) else {
            throw .headsDoNotDivide(hidden: hiddenSize, heads: heads)
        }
        guard encoder.layerNormEpsilon > 0, encoder.layerNormEpsilon < 1 else {
            throw .outOfRange(key: "layer_norm_eps", found: "\(encoder.layerNormEpsilon)", allowed: "between 0 and 1")
        }
        // No overflow: by the limits above every product below stays under 2^60.
        let rows = vocabularySize + maximumPositions + encoder.typeVocabularySize
        let layer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * intermediateSize
        guard rows * hiddenSize + layers * layer <= Self.parameterLimit else {
            throw .tooManyParameters(limit: Self.parameterLimit)
        }
    }

    func require(
        _ value: Int, _ key: String, _ allowed: ClosedRange<Int>
    ) throws(BackboneConfigurationError.Problem) {
        guard allowed.contains(value) else {
            throw .outOfRange(
                key: key, found: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}

extension BackboneConfigurationError.Problem: Error {}
