/// The names of all tensors of a causal model, as Hugging Face has them: what its files must have, and no others.
enum DecoderTensors {
    /// What the names begin with that belong to the model below its head; files may leave it away.
    static func prefix(_ type: BackboneConfiguration.ModelType) -> String { type == .gpt2 ? "transformer." : "model." }

    /// The name of the token embedding, behind the prefix.
    static func embedding(_ type: BackboneConfiguration.ModelType) -> String {
        type == .gpt2 ? "wte.weight" : "embed_tokens.weight"
    }

    /// The name of an output matrix of its own.
    static let output = "lm_head.weight"

    /// The names of all tensors.
    static func names(_ configuration: BackboneConfiguration, _ decoder: BackboneConfiguration.Decoder) -> [String] {
        let type = configuration.modelType
        let prefix = prefix(type)
        var names = [prefix + embedding(type)]
        if type == .gpt2 {
            names += ["wpe.weight", "ln_f.weight", "ln_f.bias"].map { prefix + $0 }
        } else {
            names.append(prefix + "norm.weight")
        }
        if !decoder.isTied { names.append(output) }
        let inLayer = type == .gpt2 ? gpt2 : gated(decoder)
        for layer in 0..<configuration.layers {
            names += inLayer.map { "\(prefix)\(type == .gpt2 ? "h" : "layers").\(layer).\($0)" }
        }
        return names
    }

    private static let gpt2 = ["ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"].flatMap {
        ["\($0).weight", "\($0).bias"]
    }

    private static func gated(_ decoder: BackboneConfiguration.Decoder) -> [String] {
        let projections = ["q_proj", "k_proj", "v_proj"].map { "self_attn.\($0)" }
        let feedForward = ["gate_proj", "up_proj", "down_proj"].map { "mlp.\($0)" }
        var names = ["input_layernorm", "post_attention_layernorm", "self_attn.o_proj"] + projections + feedForward
        if decoder.normsQueryAndKey { names += ["self_attn.q_norm", "self_attn.k_norm"] }
        names = names.map { $0 + ".weight" }
        if decoder.hasAttentionBias { names += projections.map { $0 + ".bias" } }
        if decoder.hasOutputBias { names.append("self_attn.o_proj.bias") }
        if decoder.hasFeedForwardBias { names += feedForward.map { $0 + ".bias" } }
        return names
    }

    /// Whether a tensor is none of a model's weights though files have it: tables that are computed from the sizes, and
    /// the copy of a tied embedding.
    static func isNeedless(_ name: String, _ decoder: BackboneConfiguration.Decoder) -> Bool {
        name.hasSuffix(".rotary_emb.inv_freq") || name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
            || name == output && decoder.isTied
    }
}
