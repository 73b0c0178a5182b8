import Foundation
import TestSupport
import Testing

@testable import Engine

/// What config.json and GGUF metadata say of causal models.
@Suite struct DecoderConfigurationTests {
    typealias Problem = BackboneConfigurationError.Problem

    private static let llama: [String: String] = [
        "model_type": "\"llama\"", "hidden_size": "8", "num_hidden_layers": "2", "num_attention_heads": "4",
        "intermediate_size": "16", "vocab_size": "100"
    ]
    private static let gpt2: [String: String] = [
        "model_type": "\"gpt2\"", "n_embd": "8", "n_layer": "2", "n_head": "4", "vocab_size": "100"
    ]

    private func read(_ changes: [String: String?] = [:], _ base: [String: String] = llama) throws
        -> BackboneConfiguration
    {
        let keys = base.merging(changes.compactMapValues(\.self)) { $1 }.filter { changes[$0.key] != .some(nil) }
        let text = "{" + keys.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        return try BackboneConfiguration(bytes: Array(text.utf8), name: "config.json")
    }

    private func problem(_ changes: [String: String?], _ base: [String: String] = llama) -> Problem? {
        let error = #expect(throws: BackboneConfigurationError.self) { try read(changes, base) }
        #expect(error?.description.hasPrefix("config.json: ") == true)
        return error?.problem
    }

    private func decoder(_ configuration: BackboneConfiguration) throws -> BackboneConfiguration.Decoder {
        guard case .decoder(let decoder) = configuration.family else {
            throw BackboneConfigurationError(file: "a decoder was read as an encoder", problem: .quantized)
        }
        return decoder
    }

    private func rotary(_ changes: [String: String?]) throws -> BackboneConfiguration.Rotary? {
        guard case .rotary(let rotary) = try decoder(read(changes)).positions else { return nil }
        return rotary
    }

    @Test func defaultsOfLlamaAreThoseOfTheReference() throws {
        let expected = try BackboneConfiguration(
            modelType: .llama, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 16, vocabularySize: 100,
            maximumPositions: 2048,
            decoder: .init(
                keyValueHeads: 4, headSize: 2, normEpsilon: 1e-6, positions: .rotary(.init(theta: 10_000)),
                isTied: false), activation: .silu)
        #expect(try read() == expected)
        #expect(try read(["num_key_value_heads": "null", "head_dim": "null", "rope_scaling": "null"]) == expected)
    }

    @Test func everyValueOfLlamaIsRead() throws {
        let read = try read([
            "num_key_value_heads": "2", "head_dim": "6", "rms_norm_eps": "1e-5", "rope_theta": "500000.0",
            "tie_word_embeddings": "true", "attention_bias": "true", "mlp_bias": "true", "hidden_act": "\"swish\"",
            "max_position_embeddings": "64", "initializer_seed": "7"
        ])
        let expected = try BackboneConfiguration(
            modelType: .llama, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 16, vocabularySize: 100,
            maximumPositions: 64,
            decoder: .init(
                keyValueHeads: 2, headSize: 6, normEpsilon: 1e-5, positions: .rotary(.init(theta: 500_000)),
                isTied: true, hasAttentionBias: true, hasOutputBias: true, hasFeedForwardBias: true),
            activation: .silu, seed: 7)
        #expect(read == expected)
        #expect(read.queryWidth == 24 && read.keyValueWidth == 12)
    }

    @Test func qwensHaveTheirBiasesAndNorms() throws {
        let two = try decoder(read(["model_type": "\"qwen2\"", "num_key_value_heads": "2"]))
        #expect(two.hasAttentionBias && !two.hasOutputBias && !two.normsQueryAndKey && two.headSize == 2)
        let three = try decoder(read(["model_type": "\"qwen3\"", "num_key_value_heads": "2"]))
        #expect(!three.hasAttentionBias && three.normsQueryAndKey && three.headSize == 128)
        #expect(try read(["model_type": "\"qwen2\"", "num_key_value_heads": "null"]).maximumPositions == 32_768)
        #expect(problem(["model_type": "\"qwen3\""]) == .missingKey("num_key_value_heads"))
    }

    @Test func aMistralWithoutAWindowIsALlama() throws {
        let changes = [
            "model_type": "\"mistral\"", "num_key_value_heads": "4", "sliding_window": "null",
            "max_position_embeddings": "2048"
        ]
        #expect(try read(changes) == read())
        #expect(
            problem(changes.merging(["sliding_window": "4096"]) { $1 })
                == .unsupportedSetting(key: "sliding_window", found: "the number 4096", supported: "null"))
        #expect(
            problem(["model_type": "\"mistral\""])
                == .unsupportedSetting(key: "sliding_window", found: "nothing", supported: "null"))
    }

    @Test func gpt2UsesItsOwnKeys() throws {
        let expected = try BackboneConfiguration(
            modelType: .gpt2, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 32, vocabularySize: 100,
            maximumPositions: 1024,
            decoder: .init(
                keyValueHeads: 4, headSize: 2, normEpsilon: 1e-5, positions: .learned, isTied: true,
                hasAttentionBias: true, hasOutputBias: true, hasFeedForwardBias: true), activation: .geluTanh)
        #expect(try read([:], Self.gpt2) == expected)
        #expect(try read(["n_inner": "null", "attn_pdrop": "0.1"], Self.gpt2) == expected)
        let other = try read(["n_inner": "5", "n_positions": "9", "activation_function": "\"relu\""], Self.gpt2)
        #expect(other.intermediateSize == 5 && other.maximumPositions == 9 && other.activation == .relu)
    }

    @Test func bothSpellingsOfTheAnglesAreRead() throws {
        let llama3 = #""factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0"#
        let expected = BackboneConfiguration.Rotary(
            theta: 5e5, scaling: .llama3(factor: 8, lowFactor: 1, highFactor: 4, originalPositions: 32))
        let original = #","original_max_position_embeddings":32"#
        #expect(
            try rotary(["rope_theta": "5e5", "rope_scaling": "{\"rope_type\":\"llama3\",\(llama3)\(original)}"])
                == expected)
        #expect(
            try rotary([
                "rope_parameters": "{\"rope_type\":\"llama3\",\"rope_theta\":500000,\(llama3)}",
                "max_position_embeddings": "32"
            ]) == expected)
        #expect(
            try rotary(["rope_scaling": #"{"type":"linear","factor":2}"#])
                == .init(theta: 10_000, scaling: .linear(factor: 2)))
        #expect(
            try rotary(["rope_parameters": #"{"rope_type":"default","rope_theta":7}"#, "rope_theta": "9"])
                == .init(theta: 7))
        #expect(try rotary(["partial_rotary_factor": "1.0"]) == .init(theta: 10_000))
    }

    @Test(arguments: ["dynamic", "yarn", "longrope", "mrope", "su"])
    func otherScalingsAreRefusedByName(name: String) {
        for key in ["type", "rope_type"] {
            let expected = Problem.unsupportedSetting(
                key: "rope_scaling.\(key)", found: "the string \"\(name)\"",
                supported: "\"default\", \"linear\" or \"llama3\"")
            #expect(problem(["rope_scaling": #"{"\#(key)":"\#(name)","factor":2.0}"#]) == expected)
        }
    }

    @Test func anglesThatAreNotUnderstoodAreRefused() {
        let linear = #"{"rope_type":"linear","factor":2}"#
        #expect(
            problem(["rope_scaling": linear, "rope_parameters": linear])
                == .unsupportedSetting(
                    key: "rope_scaling", found: "an object", supported: "null beside \"rope_parameters\""))
        #expect(
            problem(["rope_parameters": #"{"full_attention":{}}"#])
                == .unsupportedSetting(key: "rope_parameters.full_attention", found: "an object", supported: "null"))
        #expect(
            problem(["partial_rotary_factor": "0.25"])
                == .unsupportedSetting(key: "partial_rotary_factor", found: "the number 0.25", supported: "1"))
        #expect(problem(["rope_scaling": #"{"rope_type":"linear"}"#]) == .missingKey("factor"))
        #expect(
            problem(["rope_scaling": #"{"rope_type":"linear","type":"llama3","factor":2}"#])
                == .unsupportedSetting(
                    key: "rope_scaling.type", found: "the string \"llama3\"", supported: "the value of rope_type"))
        #expect(
            problem(["rope_scaling": #"{"rope_type":"linear","factor":0.5}"#])
                == .outOfRange(key: "rope_scaling.factor", found: "0.5", allowed: "1 or more"))
        #expect(problem(["rope_theta": "0"]) == .outOfRange(key: "rope_theta", found: "0.0", allowed: "1 or more"))
        #expect(
            problem(["rope_theta": "1e99"]) == .outOfRange(key: "rope_theta", found: "inf", allowed: "1 or more"))
    }

    @Test(arguments: [
        ("use_sliding_window", "true", "true", "false"), ("use_parallel_residual", "true", "true", "false"),
        ("add_cross_attention", "true", "true", "false"), ("scale_attn_weights", "false", "false", "true"),
        ("scale_attn_by_inverse_layer_idx", "true", "true", "false"),
        ("layer_types", #"["sliding_attention"]"#, "layers of other kinds", "\"full_attention\" in every layer")
    ])
    func settingsThatWouldChangeTheNumbersAreRefused(key: String, value: String, found: String, supported: String) {
        let expected = Problem.unsupportedSetting(key: key, found: found, supported: supported)
        #expect(problem([key: value]) == expected)
        #expect(problem([key: value], Self.gpt2) == expected)
    }

    @Test func otherFormsOfWeightsAndCodeAreRefused() {
        #expect(problem(["quantization_config": "{}"]) == .quantized)
        #expect(problem(["auto_map": "{}"]) == .remoteCode)
        #expect(
            problem(["model_type": "\"gemma3\""])
                == .unknownModelType(
                    found: "gemma3", supported: ["bert", "distilbert", "electra", "llama", "qwen2", "qwen3", "gpt2"]))
        #expect(
            problem(["hidden_act": "\"gelu\""])
                == .unknownActivation(key: "hidden_act", found: "gelu", supported: ["silu", "swish"]))
    }

    @Test(arguments: [
        ("hidden_size", "0"), ("hidden_size", "65540"), ("num_hidden_layers", "1025"), ("num_key_value_heads", "0"),
        ("head_dim", "4097"), ("head_dim", "0"), ("intermediate_size", "0"), ("vocab_size", "16777217"),
        ("max_position_embeddings", "0"), ("rms_norm_eps", "0"), ("rms_norm_eps", "1"), ("head_dim", "3")
    ])
    func sizesOutOfRangeAreNamed(key: String, value: String) {
        guard case .outOfRange(let found, _, _) = problem([key: value]) else {
            Issue.record("\(key) \(value) was accepted")
            return
        }
        #expect(found == key)
    }

    @Test func sizesThatDoNotFitTogetherAreRefused() {
        #expect(problem(["num_attention_heads": "3"]) == .headsDoNotDivide(hidden: 8, heads: 3))
        #expect(problem(["num_key_value_heads": "3"]) == .keyValueHeadsDoNotDivide(heads: 4, keyValueHeads: 3))
        #expect(
            problem(["hidden_size": "65536", "head_dim": "64", "vocab_size": "16777216"])
                == .tooManyParameters(limit: 1 << 33))
        #expect(problem(["n_embd": "\(Int.max)"], Self.gpt2) == .headsDoNotDivide(hidden: Int.max, heads: 4))
        #expect(problem(["n_head": "0"], Self.gpt2) == .headsDoNotDivide(hidden: 8, heads: 0))
    }

    // MARK: GGUF

    /// The metadata of a small Llama, with a token embedding.
    private static var metadata: GGUFBytes {
        var file = GGUFBytes([
            ("general.architecture", .text("llama")), ("llama.embedding_length", .u32(8)),
            ("llama.block_count", .u32(2)), ("llama.attention.head_count", .u32(4)),
            ("llama.feed_forward_length", .u32(16)), ("llama.context_length", .u32(2048)),
            ("llama.attention.layer_norm_rms_epsilon", .f32(1e-6))
        ])
        file.add("token_embd.weight", [100, 8], [Float](repeating: 0, count: 800))
        file.add("output.weight", [100, 8], [Float](repeating: 0, count: 800))
        return file
    }

    private func read(_ change: (inout GGUFBytes) -> Void) throws -> BackboneConfiguration {
        var file = Self.metadata
        change(&file)
        return try BackboneConfiguration(try GGUF(bytes: file.bytes, name: "t.gguf"))
    }

    private func problem(_ change: (inout GGUFBytes) -> Void) -> Problem? {
        let error = #expect(throws: BackboneConfigurationError.self) { try read(change) }
        #expect(error?.description.hasPrefix("t.gguf: ") == true)
        return error?.problem
    }

    @Test func metadataSayWhatAConfigurationSays() throws {
        #expect(try read { _ in } == read())
        let full = try read { file in
            file.keys += [
                ("llama.attention.head_count_kv", .u32(2)), ("llama.attention.key_length", .u32(6)),
                ("llama.attention.value_length", .u32(6)), ("llama.rope.dimension_count", .u32(6)),
                ("llama.rope.freq_base", .f32(5e5)), ("llama.vocab_size", .u32(100)), ("llama.expert_count", .u32(0))
            ]
            file.tensors.removeLast()
            file.add("blk.0.attn_q.bias", [24], [Float](repeating: 0, count: 24))
        }
        #expect(
            try full
                == read([
                    "num_key_value_heads": "2", "head_dim": "6", "rope_theta": "5e5", "tie_word_embeddings": "true"
                ]).with(attentionBias: true))
    }

    @Test func anglesOfMetadataAreRead() throws {
        func rotary(_ change: (inout GGUFBytes) -> Void) throws -> BackboneConfiguration.Rotary? {
            guard case .rotary(let rotary) = try decoder(read(change)).positions else { return nil }
            return rotary
        }
        #expect(
            try rotary { $0.keys.append(("llama.rope.scaling.factor", .f32(4))) }
                == .init(theta: 10_000, scaling: .linear(factor: 4)))
        #expect(
            try rotary {
                $0.keys += [("llama.rope.scaling.factor", .f32(4)), ("llama.rope.scaling.type", .text("none"))]
            } == .init(theta: 10_000))
        #expect(
            try rotary { $0.add("rope_freqs.weight", [1], [32]) } == .init(theta: 10_000, scaling: .divisors([32])))
        #expect(
            problem { $0.add("rope_freqs.weight", [1], [0]) }
                == .outOfRange(key: "llama.rope.scaling.divisors", found: "0.0", allowed: "above 0"))
        #expect(
            problem { $0.keys.append(("llama.rope.scaling.type", .text("yarn"))) }
                == .unsupportedSetting(
                    key: "llama.rope.scaling.type", found: "the string \"yarn\"", supported: "\"none\" or \"linear\""))
    }

    @Test(arguments: ["gemma3", "gptneox", "bert", "phi3"])
    func otherArchitecturesAreRefusedByName(name: String) {
        let error = #expect(throws: BackboneConfigurationError.self) {
            try read { $0.keys[0].1 = .text(name) }
        }
        #expect(error?.problem == .unknownArchitecture(found: name, supported: ["llama", "qwen2", "qwen3", "gpt2"]))
        #expect(error?.description.contains("\"\(name)\" is not supported") == true)
    }

    @Test func metadataThatAreNotUnderstoodAreRefused() {
        #expect(problem { $0.keys.remove(at: 1) } == .missingKey("llama.embedding_length"))
        #expect(
            problem { $0.keys.append(("general.type", .text("adapter"))) }
                == .unsupportedSetting(
                    key: "general.type", found: "the string \"adapter\"", supported: "\"model\""))
        #expect(
            problem { $0.keys.append(("llama.expert_count", .u32(8))) }
                == .unsupportedSetting(key: "llama.expert_count", found: "the number 8", supported: "0"))
        #expect(
            problem { $0.keys.append(("llama.rope.dimension_count", .u32(4))) }
                == .unsupportedSetting(
                    key: "llama.rope.dimension_count", found: "the number 4", supported: "the size of a head, 2"))
        #expect(
            problem { $0.keys.append(("tokenizer.ggml.tokens", .texts(["a"]))) }
                == .outOfRange(
                    key: "tokenizer.ggml.tokens", found: "1", allowed: "100, as the token embedding has rows"))
        #expect(
            problem { $0.keys[6].1 = .f32(0) }
                == .outOfRange(
                    key: "llama.attention.layer_norm_rms_epsilon", found: "0.0", allowed: "between 0 and 1"))
        let error = #expect(throws: GGUFError.self) { try read { $0.tensors.removeFirst() } }
        #expect(error?.problem == .missingTensor("token_embd.weight"))
    }
}

extension BackboneConfiguration {
    /// The same, with other biases than the file of its sizes can say.
    fileprivate func with(attentionBias: Bool) throws -> BackboneConfiguration {
        guard case .decoder(let old) = family else { return self }
        return try BackboneConfiguration(
            modelType: modelType, hiddenSize: hiddenSize, layers: layers, heads: heads,
            intermediateSize: intermediateSize, vocabularySize: vocabularySize, maximumPositions: maximumPositions,
            decoder: Decoder(
                keyValueHeads: old.keyValueHeads, headSize: old.headSize, normEpsilon: old.normEpsilon,
                positions: old.positions, isTied: old.isTied, hasAttentionBias: attentionBias),
            activation: activation, seed: seed)
    }
}
