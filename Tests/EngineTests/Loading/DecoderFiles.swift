import Foundation
import TestSupport

@testable import Engine

/// A small causal model with weights of its own, in any of the forms that are read.
struct DecoderFiles {
    let configuration: BackboneConfiguration
    let decoder: BackboneConfiguration.Decoder
    private let json: String

    static let llama = DecoderFiles(
        #"{"model_type":"llama","hidden_size":12,"num_hidden_layers":2,"num_attention_heads":4,"#
            + #""num_key_value_heads":2,"head_dim":4,"intermediate_size":20,"vocab_size":9,"attention_bias":true}"#)
    static let qwen2 = DecoderFiles(
        #"{"model_type":"qwen2","hidden_size":12,"num_hidden_layers":2,"num_attention_heads":3,"#
            + #""num_key_value_heads":1,"intermediate_size":20,"vocab_size":9,"tie_word_embeddings":true}"#)
    static let qwen3 = DecoderFiles(
        #"{"model_type":"qwen3","hidden_size":12,"num_hidden_layers":1,"num_attention_heads":4,"#
            + #""num_key_value_heads":2,"head_dim":6,"intermediate_size":20,"vocab_size":9}"#)
    static let gpt2 = DecoderFiles(
        #"{"model_type":"gpt2","n_embd":12,"n_layer":2,"n_head":3,"n_positions":7,"vocab_size":9}"#)

    private init(_ json: String) {
        self.json = json
        guard let read = try? BackboneConfiguration(bytes: Array(json.utf8), name: "config.json"),
            case .decoder(let decoder) = read.family
        else { preconditionFailure("the model of a test is wrong") }
        (configuration, self.decoder) = (read, decoder)
    }

    /// Names and shapes, (outputs, inputs), as Hugging Face has them.
    var tensors: [(name: String, shape: [Int])] {
        DecoderTensors.names(configuration, decoder).map { ($0, shape($0)) }
    }

    private func shape(_ name: String) -> [Int] {
        let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        let isBias = name.hasSuffix(".bias")
        let parts = name.split(separator: ".")
        func linear(_ outputs: Int, _ inputs: Int) -> [Int] { isBias ? [outputs] : [outputs, inputs] }
        switch parts[parts.count - 2] {
        case "embed_tokens", "wte", "lm_head": return [configuration.vocabularySize, hidden]
        case "wpe": return [configuration.maximumPositions, hidden]
        case "q_proj": return linear(configuration.queryWidth, hidden)
        case "k_proj", "v_proj": return linear(configuration.keyValueWidth, hidden)
        case "o_proj": return linear(hidden, configuration.queryWidth)
        case "gate_proj", "up_proj", "c_fc": return linear(inner, hidden)
        case "down_proj": return linear(hidden, inner)
        case "q_norm", "k_norm": return [decoder.headSize]
        case "c_attn": return linear(3 * hidden, hidden)
        case "c_proj": return linear(hidden, name.contains(".mlp.") ? inner : hidden)
        default: return [hidden]
        }
    }

    /// The values of a tensor, by its name alone.
    func values(_ name: String) -> [Float] {
        Philox(seed: 3, purpose: "test", context: [name]).uniforms(shape(name).reduce(1, *), bound: 1)
    }

    /// What a safetensors file of Hugging Face has; `prefix`: whether names begin with the model's own prefix.
    func written(prefix: Bool = true) -> [SafeTensors.WrittenTensor] {
        tensors.map { tensor in
            var (shape, values) = (tensor.shape, values(tensor.name))
            if configuration.modelType == .gpt2, shape.count == 2, tensor.name.contains(".c_") {
                values = (0..<values.count).map { values[$0 % shape[0] * shape[1] + $0 / shape[0]] }
                shape.reverse()
            }
            let own = DecoderTensors.prefix(configuration.modelType)
            let name = prefix || !tensor.name.hasPrefix(own) ? tensor.name : String(tensor.name.dropFirst(own.count))
            return (name, shape, .f32, values)
        }
    }

    /// Writes a folder with config.json and one file of weights, or as many as there are parts of tensors.
    func write(_ parts: [[SafeTensors.WrittenTensor]], to folder: URL) throws {
        try Data(json.utf8).write(to: folder.appending(path: "config.json"))
        if parts.count == 1 {
            try Data(SafeTensors.encode(parts[0], metadata: [:])).write(
                to: folder.appending(path: "model.safetensors"))
            return
        }
        var (map, total) = ([String](), 0)
        for (number, part) in parts.enumerated() {
            let name = "model-\(number + 1)-of-\(parts.count).safetensors"
            try Data(SafeTensors.encode(part, metadata: [:])).write(to: folder.appending(path: name))
            map += part.map { "\"\($0.name)\":\"\(name)\"" }
            total += part.reduce(0) { $0 + 4 * $1.values.count }
        }
        let index = "{\"metadata\":{\"total_size\":\(total)},\"weight_map\":{\(map.joined(separator: ","))}}"
        try Data(index.utf8).write(to: folder.appending(path: ModelFolder.indexName))
    }

    /// The same as a GGUF file, with the rows of a Llama's query and key as llama.cpp's conversion puts them.
    var gguf: GGUFBytes {
        let name = configuration.modelType.rawValue
        let norm = name == "gpt2" ? "layer_norm_epsilon" : "layer_norm_rms_epsilon"
        var file = GGUFBytes([
            ("general.architecture", .text(name)),
            ("\(name).embedding_length", .u32(UInt32(configuration.hiddenSize))),
            ("\(name).block_count", .u32(UInt32(configuration.layers))),
            ("\(name).attention.head_count", .u32(UInt32(configuration.heads))),
            ("\(name).attention.head_count_kv", .u32(UInt32(decoder.keyValueHeads))),
            ("\(name).attention.key_length", .u32(UInt32(decoder.headSize))),
            ("\(name).feed_forward_length", .u32(UInt32(configuration.intermediateSize))),
            ("\(name).context_length", .u32(UInt32(configuration.maximumPositions))),
            ("\(name).attention.\(norm)", .f32(decoder.normEpsilon))
        ])
        for (tensor, shape) in tensors {
            var values = values(tensor)
            if configuration.modelType == .llama, tensor.contains(".q_proj.") || tensor.contains(".k_proj.") {
                values = interleaved(values, width: shape.count == 2 ? shape[1] : 1)
            }
            file.add(Self.name(tensor), shape, values)
        }
        return file
    }

    /// Row 2 i + half of a head, of what is row half (size / 2) + i at Hugging Face.
    private func interleaved(_ values: [Float], width: Int) -> [Float] {
        let size = decoder.headSize
        return (0..<values.count / width).flatMap { row in
            let (head, index, half) = (row / size, row % size / 2, row % 2)
            let from = head * size + half * (size / 2) + index
            return values[from * width..<(from + 1) * width]
        }
    }

    private static func name(_ tensor: String) -> String {
        let renamed = [
            ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
            ("transformer.wte", "token_embd"), ("transformer.wpe", "position_embd"),
            ("transformer.ln_f", "output_norm"), ("model.layers", "blk"), ("transformer.h", "blk"),
            ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"),
            ("self_attn.q_norm", "attn_q_norm"),
            ("self_attn.k_norm", "attn_k_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
            ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"),
            ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"), ("ln_1", "attn_norm"), ("ln_2", "ffn_norm"),
            ("attn.c_attn", "attn_qkv"), ("attn.c_proj", "attn_output"), ("mlp.c_fc", "ffn_up"),
            ("mlp.c_proj", "ffn_down")
        ]
        return renamed.reduce(tensor) { $0.replacing($1.0, with: $1.1) }
    }
}
