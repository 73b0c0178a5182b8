/// What a GGUF file calls the tensors of a causal model, and where it has rows in another order.
///
/// The names are those of llama.cpp's conversion from Hugging Face's.
struct GGUFNames {
    private let configuration: BackboneConfiguration
    private let decoder: BackboneConfiguration.Decoder

    init(_ configuration: BackboneConfiguration, _ decoder: BackboneConfiguration.Decoder) {
        self.configuration = configuration
        self.decoder = decoder
    }

    private static let whole: [String: String] = [
        "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
        "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm"
    ]

    private static let inLayer: [String: String] = [
        "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "ln_1": "attn_norm", "attn.c_attn": "attn_qkv",
        "attn.c_proj": "attn_output", "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"
    ]

    /// The file's name for a tensor: `model.layers.3.mlp.up_proj.weight` is `blk.3.ffn_up.weight`.
    func name(of tensor: String) -> String {
        let parts = tensor.split(separator: ".", omittingEmptySubsequences: false)
        guard let kind = parts.last else { return tensor }
        if let name = Self.whole[parts.dropLast().joined(separator: ".")] { return "\(name).\(kind)" }
        guard parts.count > 4, let name = Self.inLayer[parts[3..<parts.count - 1].joined(separator: ".")] else {
            return tensor
        }
        return "blk.\(parts[2]).\(name).\(kind)"
    }

    /// Where row `row` of a tensor lies in the file, or element `row` of a bias; nil where all are in their places.
    ///
    /// Files of architecture "llama" have the two halves of each head of query and key interleaved, because there pairs
    /// of neighbours are rotated: row h s + 2 i + half of the file is row h s + half (s / 2) + i, s the size of a head.
    func source(of tensor: String) -> ((Int) -> Int)? {
        guard configuration.modelType == .llama,
            tensor.contains(".self_attn.q_proj.") || tensor.contains(".self_attn.k_proj.")
        else { return nil }
        let size = decoder.headSize
        return { row in
            let (head, place) = row.quotientAndRemainder(dividingBy: size)
            let (half, index) = place.quotientAndRemainder(dividingBy: size / 2)
            return head * size + 2 * index + half
        }
    }
}
