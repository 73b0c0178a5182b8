extension BackboneConfiguration {
    private typealias Problem = BackboneConfigurationError.Problem

    /// The architectures that can be read from a GGUF file; their names there are those of `ModelType`.
    private static let architectures: [ModelType] = [.llama, .qwen2, .qwen3, .gpt2]

    /// Reads the metadata of a GGUF file, and from its tensors' names what the metadata leaves open.
    package init(_ file: GGUF) throws {
        do {
            try self.init(metadata: file)
        } catch let problem as Problem {
            throw BackboneConfigurationError(file: file.file, problem: problem)
        }
    }

    private init(metadata file: GGUF) throws {
        let architecture = try Self.value(file.string("general.architecture"), "general.architecture")
        if let type = try file.string("general.type"), type != "model" {
            throw Problem.unsupportedSetting(
                key: "general.type", found: "the string \"\(type.prefix(40))\"", supported: "\"model\"")
        }
        guard let type = Self.architectures.first(where: { $0.rawValue == architecture }) else {
            throw Problem.unknownArchitecture(
                found: String(architecture.prefix(40)), supported: Self.architectures.map(\.rawValue))
        }
        let keys = DecoderKeys(gguf: type)
        try Self.refuseUnsupported(file, type.rawValue)
        let heads = try Self.value(file.integer(keys.heads), keys.heads)
        let hiddenSize = try Self.value(file.integer(keys.hiddenSize), keys.hiddenSize)
        let headSize = try Self.headSize(file, keys, hiddenSize: hiddenSize, heads: heads)
        let decoder = Decoder(
            keyValueHeads: try file.integer(keys.keyValueHeads) ?? heads, headSize: headSize,
            normEpsilon: try Self.value(file.float(keys.normEpsilon), keys.normEpsilon),
            positions: type == .gpt2 ? .learned : .rotary(try Rotary(file, keys, type, headSize: headSize)),
            isTied: !file.contains("output.weight"),
            hasAttentionBias: file.contains("blk.0.attn_\(type == .gpt2 ? "qkv" : "q").bias"),
            hasOutputBias: file.contains("blk.0.attn_output.bias"),
            hasFeedForwardBias: file.contains("blk.0.ffn_up.bias"), normsQueryAndKey: type == .qwen3)
        self.init(
            unchecked: type, hiddenSize: hiddenSize, layers: try Self.value(file.integer(keys.layers), keys.layers),
            heads: heads, intermediateSize: try Self.value(file.integer(keys.intermediateSize), keys.intermediateSize),
            vocabularySize: try Self.vocabularySize(file, keys),
            maximumPositions: try Self.value(file.integer(keys.maximumPositions), keys.maximumPositions),
            activation: type == .gpt2 ? .geluTanh : .silu, seed: nil, family: .decoder(decoder))
        try check(decoder, keys)
    }

    private static func value<Value>(_ value: Value?, _ key: String) throws(Problem) -> Value {
        guard let value else { throw .missingKey(key) }
        return value
    }

    /// Settings that change what the weights mean; ignoring one would give wrong numbers in silence.
    private static func refuseUnsupported(_ file: GGUF, _ name: String) throws {
        for key in ["expert_count", "attention.sliding_window"] {
            guard let found = try file.integer("\(name).\(key)"), found != 0 else { continue }
            throw Problem.unsupportedSetting(key: "\(name).\(key)", found: "the number \(found)", supported: "0")
        }
        for key in ["logit_scale", "attention.scale", "embedding_scale", "residual_scale"] {
            guard let found = try file.float("\(name).\(key)"), found != 0 else { continue }
            throw Problem.unsupportedSetting(key: "\(name).\(key)", found: "the number \(found)", supported: "0")
        }
    }

    private static func headSize(_ file: GGUF, _ keys: DecoderKeys, hiddenSize: Int, heads: Int) throws -> Int {
        let size: Int
        if let stated = try file.integer(keys.headSize) {
            size = stated
        } else {
            guard heads > 0, hiddenSize.isMultiple(of: heads) else {
                throw Problem.headsDoNotDivide(hidden: hiddenSize, heads: heads)
            }
            size = hiddenSize / heads
        }
        for key in [keys.valueSize, keys.rotatedSize] {
            guard let found = try file.integer(key), found != size else { continue }
            throw Problem.unsupportedSetting(
                key: key, found: "the number \(found)", supported: "the size of a head, \(size)")
        }
        return size
    }

    /// The rows of the token embedding, which are as many as there are tokens.
    private static func vocabularySize(_ file: GGUF, _ keys: DecoderKeys) throws -> Int {
        guard let entry = file.entry("token_embd.weight") else { throw file.error(.missingTensor("token_embd.weight")) }
        let rows = entry.shape[0]
        let counts = [
            ("tokenizer.ggml.tokens", try file.count("tokenizer.ggml.tokens")),
            (keys.vocabularySize, try file.integer(keys.vocabularySize))
        ]
        for (key, count) in counts {
            guard let count, count != rows else { continue }
            throw Problem.outOfRange(key: key, found: "\(count)", allowed: "\(rows), as the token embedding has rows")
        }
        return rows
    }
}

extension BackboneConfiguration.Rotary {
    private typealias Problem = BackboneConfigurationError.Problem

    /// Reads the angles; of a stretched Llama 3 the file has the divisors of its frequencies.
    fileprivate init(_ file: GGUF, _ keys: DecoderKeys, _ type: BackboneConfiguration.ModelType, headSize: Int) throws {
        let key = "\(type.rawValue).rope.scaling.type"
        let kind = try file.string(key)
        var scaling = Scaling.none
        switch kind ?? "linear" {
        case "none": break
        case "linear":
            let factor =
                try file.float("\(type.rawValue).rope.scaling.factor")
                ?? file.float("\(type.rawValue).rope.scale_linear")
            // Zero stands for none in such files.
            if let factor, factor != 0, factor != 1 { scaling = .linear(factor: factor) }
        case let other:
            throw Problem.unsupportedSetting(
                key: key, found: "the string \"\(other.prefix(40))\"", supported: "\"none\" or \"linear\"")
        }
        if type == .llama, file.contains("rope_freqs.weight") {
            guard scaling == .none else {
                throw Problem.unsupportedSetting(
                    key: key, found: "a factor", supported: "none beside the tensor \"rope_freqs.weight\"")
            }
            scaling = .divisors(try file.rows("rope_freqs.weight", shape: [headSize / 2]).floats())
        }
        self.init(theta: try file.float(keys.theta) ?? 10_000, scaling: scaling)
    }
}

extension DecoderKeys {
    /// What GGUF files call the sizes of a model.
    fileprivate init(gguf type: BackboneConfiguration.ModelType) {
        let name = type.rawValue
        self.init(
            hiddenSize: "\(name).embedding_length", layers: "\(name).block_count",
            heads: "\(name).attention.head_count", keyValueHeads: "\(name).attention.head_count_kv",
            headSize: "\(name).attention.key_length", intermediateSize: "\(name).feed_forward_length",
            vocabularySize: "\(name).vocab_size", maximumPositions: "\(name).context_length",
            normEpsilon: "\(name).attention.layer_norm_\(type == .gpt2 ? "" : "rms_")epsilon",
            theta: "\(name).rope.freq_base", scaling: "\(name).rope.scaling.",
            valueSize: "\(name).attention.value_length", rotatedSize: "\(name).rope.dimension_count")
    }
}
