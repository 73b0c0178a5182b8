extension BackboneConfiguration {
    private typealias Problem = BackboneConfigurationError.Problem

    /// The values of a causal model in a config.json; defaults are those of Hugging Face transformers.
    init(decoder object: ConfigurationObject, _ type: ModelType) throws(BackboneConfigurationError.Problem) {
        try Self.refuseUnsupported(object)
        if type == .gpt2 {
            try self.init(gpt2: object)
        } else {
            try self.init(gated: object, type)
        }
    }

    /// Settings that change what the weights mean.
    private static func refuseUnsupported(_ object: ConfigurationObject) throws(Problem) {
        try object.refuse("use_sliding_window", unless: .bool(false), "false")
        try object.refuse("use_parallel_residual", unless: .bool(false), "false")
        try object.refuse("add_cross_attention", unless: .bool(false), "false")
        try object.refuse("scale_attn_weights", unless: .bool(true), "true")
        try object.refuse("scale_attn_by_inverse_layer_idx", unless: .bool(false), "false")
        guard let types = object["layer_types"] else { return }
        guard case .array(let names) = types, names.allSatisfy({ $0 == .string("full_attention") }) else {
            throw .unsupportedSetting(
                key: "layer_types", found: "layers of other kinds", supported: "\"full_attention\" in every layer")
        }
    }

    /// Llama, Qwen2 and Qwen3: root-mean-square norms, rotated query and key, a gated feed-forward block.
    private init(gated object: ConfigurationObject, _ type: ModelType) throws(Problem) {
        let isMistral = try object.string("model_type") == "mistral"
        let heads = try object.integer("num_attention_heads")
        let hiddenSize = try object.integer("hidden_size")
        let positions = isMistral ? 131_072 : type == .llama ? 2_048 : 32_768
        // Only in plain Llamas a missing number is that of the query's heads; null is so in all.
        let isOptional = type == .llama && !isMistral || object.isNull("num_key_value_heads")
        let biases = type == .qwen2 ? true : isMistral ? false : try object.bool("attention_bias", default: false)
        let decoder = Decoder(
            keyValueHeads: try object.integer("num_key_value_heads", default: isOptional ? heads : nil),
            headSize: try Self.headSize(object, type, hiddenSize: hiddenSize, heads: heads),
            normEpsilon: try object.float("rms_norm_eps", default: 1e-6),
            positions: .rotary(try Rotary(object)),
            isTied: try object.bool("tie_word_embeddings", default: false), hasAttentionBias: biases,
            hasOutputBias: biases && type != .qwen2,
            hasFeedForwardBias: type == .llama && !isMistral ? try object.bool("mlp_bias", default: false) : false,
            normsQueryAndKey: type == .qwen3)
        self.init(
            unchecked: type, hiddenSize: hiddenSize, layers: try object.integer("num_hidden_layers"), heads: heads,
            intermediateSize: try object.integer("intermediate_size"),
            vocabularySize: try object.integer("vocab_size"),
            maximumPositions: try object.integer("max_position_embeddings", default: positions),
            activation: try object.activation(
                "hidden_act", default: .silu, among: [("silu", .silu), ("swish", .silu)]),
            seed: try object.seed(), family: .decoder(decoder))
        try check(decoder, DecoderKeys())
    }

    private static func headSize(
        _ object: ConfigurationObject, _ type: ModelType, hiddenSize: Int, heads: Int
    ) throws(Problem) -> Int {
        if let size = try object.optionalInteger("head_dim") { return size }
        if type == .qwen3, !object.isNull("head_dim") { return 128 }
        guard heads > 0, hiddenSize.isMultiple(of: heads) else {
            throw .headsDoNotDivide(hidden: hiddenSize, heads: heads)
        }
        return hiddenSize / heads
    }

    private init(gpt2 object: ConfigurationObject) throws(Problem) {
        let heads = try object.integer("n_head")
        let hiddenSize = try object.integer("n_embd")
        let decoder = Decoder(
            keyValueHeads: heads, headSize: try Self.headSize(object, .gpt2, hiddenSize: hiddenSize, heads: heads),
            normEpsilon: try object.float("layer_norm_epsilon", default: 1e-5), positions: .learned,
            isTied: try object.bool("tie_word_embeddings", default: true), hasAttentionBias: true, hasOutputBias: true,
            hasFeedForwardBias: true)
        let (fourfold, overflow) = hiddenSize.multipliedReportingOverflow(by: 4)
        self.init(
            unchecked: .gpt2, hiddenSize: hiddenSize, layers: try object.integer("n_layer"), heads: heads,
            intermediateSize: try object.integer("n_inner", default: overflow ? 0 : fourfold),
            vocabularySize: try object.integer("vocab_size"),
            maximumPositions: try object.integer("n_positions", default: 1_024),
            activation: try object.activation(
                "activation_function", default: .geluTanh,
                among: [
                    ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh), ("gelu_fast", .geluTanh),
                    ("gelu", .gelu), ("relu", .relu)
                ]), seed: try object.seed(), family: .decoder(decoder))
        try check(decoder, .gpt2)
    }
}

extension BackboneConfiguration.Rotary {
    private typealias Problem = BackboneConfigurationError.Problem

    private static let keys: Set<String> = [
        "rope_type", "type", "rope_theta", "factor", "low_freq_factor", "high_freq_factor",
        "original_max_position_embeddings", "partial_rotary_factor"
    ]

    /// Reads the angles of a config.json in both spellings: `rope_theta` with `rope_scaling`, and `rope_parameters`.
    init(_ object: ConfigurationObject) throws(BackboneConfigurationError.Problem) {
        let parameters = try object.object("rope_parameters")
        let old = try object.object("rope_scaling")
        guard parameters == nil || old == nil else {
            throw .unsupportedSetting(
                key: "rope_scaling", found: "an object", supported: "null beside \"rope_parameters\"")
        }
        let prefix = parameters == nil ? "rope_scaling." : "rope_parameters."
        let theta = try object.float("rope_theta", default: 10_000)
        try Self.refusePartial(object, "partial_rotary_factor")
        guard let settings = parameters ?? old else {
            self.init(theta: theta)
            return
        }
        if let key = settings.keys.first(where: { !Self.keys.contains($0) }) {
            throw .unsupportedSetting(key: prefix + key, found: settings[key]?.kind ?? "null", supported: "null")
        }
        try Self.refusePartial(settings, prefix + "partial_rotary_factor")
        self.init(
            theta: try settings.float("rope_theta", default: theta),
            scaling: try Self.scaling(settings, prefix, positions: object))
    }

    private static func refusePartial(_ object: ConfigurationObject, _ key: String) throws(Problem) {
        let factor = try object.float("partial_rotary_factor", default: 1)
        guard factor == 1 else { throw .unsupportedSetting(key: key, found: "the number \(factor)", supported: "1") }
    }

    private static func scaling(
        _ settings: ConfigurationObject, _ prefix: String, positions object: ConfigurationObject
    ) throws(Problem) -> Scaling {
        let (new, old) = (try settings.string("rope_type"), try settings.string("type"))
        guard new == nil || old == nil || new == old else {
            throw .unsupportedSetting(
                key: prefix + "type", found: "the string \"\(old ?? "")\"", supported: "the value of rope_type")
        }
        switch new ?? old ?? "default" {
        case "default": return .none
        case "linear": return .linear(factor: try settings.float("factor"))
        case "llama3":
            // Where it is missing, the model was not stretched beyond the positions that it states.
            let positions = try object.integer("max_position_embeddings", default: 2_048)
            return .llama3(
                factor: try settings.float("factor"), lowFactor: try settings.float("low_freq_factor"),
                highFactor: try settings.float("high_freq_factor"),
                originalPositions: try settings.integer(
                    "original_max_position_embeddings", default: positions))
        case let other:
            throw .unsupportedSetting(
                key: prefix + (new == nil ? "type" : "rope_type"), found: "the string \"\(other.prefix(40))\"",
                supported: "\"default\", \"linear\" or \"llama3\"")
        }
    }
}
