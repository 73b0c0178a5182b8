package import Foundation

extension BackboneConfiguration {
    private typealias Problem = BackboneConfigurationError.Problem

    private static let sizeLimit = 1 << 20

    /// Reads what a model's files say of its sizes: config.json, or the metadata of a GGUF file, of which the parts
    /// that are read are compared with `blocks`.
    package init(_ folder: ModelFolder, blocks: [String: BlockDigests]? = nil) throws {
        if folder.isGGUF {
            try self.init(try GGUF(contentsOf: folder.url, blocks: blocks?[ModelFolder.ggufName]))
        } else {
            try self.init(contentsOf: folder.configuration)
        }
    }

    /// Reads a config.json.
    package init(contentsOf url: URL) throws(BackboneConfigurationError) {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.bytes(url, limit: Self.sizeLimit)
        } catch {
            throw BackboneConfigurationError(file: url.lastPathComponent, problem: .file(error))
        }
        try self.init(bytes: bytes, name: url.lastPathComponent)
    }

    /// Reads the text of a config.json; errors call it `name`.
    package init(bytes: [UInt8], name: String) throws(BackboneConfigurationError) {
        do throws(Problem) {
            let object = try ConfigurationObject(bytes)
            let type = try Self.modelType(object)
            guard object["quantization_config"] == nil else { throw .quantized }
            guard object["auto_map"] == nil else { throw .remoteCode }
            switch type {
            case .bert, .distilbert, .electra: try self.init(encoder: object, type)
            case .llama, .qwen2, .qwen3, .gpt2: try self.init(decoder: object, type)
            }
        } catch {
            throw BackboneConfigurationError(file: name, problem: error)
        }
    }

    /// Models of type "mistral" whose attention has no window are those of type "llama", tensor by tensor.
    private static func modelType(_ object: ConfigurationObject) throws(Problem) -> ModelType {
        guard let text = try object.string("model_type") else { throw .missingKey("model_type") }
        if text == "mistral" {
            // Where the key is missing the reference has a window of 4096 tokens.
            guard object.isNull("sliding_window") else {
                throw .unsupportedSetting(
                    key: "sliding_window", found: object["sliding_window"]?.kind ?? "nothing", supported: "null")
            }
            return .llama
        }
        guard let type = ModelType(rawValue: text) else {
            throw .unknownModelType(found: text, supported: ModelType.allCases.map(\.rawValue))
        }
        return type
    }

    /// The values of an encoder; defaults are those of Hugging Face transformers.
    private init(encoder object: ConfigurationObject, _ type: ModelType) throws(Problem) {
        try object.refuse("position_embedding_type", unless: .string("absolute"), "\"absolute\"")
        try object.refuse("is_decoder", unless: .bool(false), "false")
        try object.refuse("add_cross_attention", unless: .bool(false), "false")
        let distil = type == .distilbert
        let encoder = Encoder(
            typeVocabularySize: distil ? 0 : try object.integer("type_vocab_size", default: 2),
            layerNormEpsilon: distil ? 1e-12 : try object.float("layer_norm_eps", default: 1e-12))
        self.init(
            unchecked: type, hiddenSize: try object.integer(distil ? "dim" : "hidden_size"),
            layers: try object.integer(distil ? "n_layers" : "num_hidden_layers"),
            heads: try object.integer(distil ? "n_heads" : "num_attention_heads"),
            intermediateSize: try object.integer(distil ? "hidden_dim" : "intermediate_size"),
            vocabularySize: try object.integer("vocab_size"),
            maximumPositions: try object.integer("max_position_embeddings", default: 512),
            activation: try object.activation(
                distil ? "activation" : "hidden_act", default: .gelu,
                among: [
                    ("gelu", .gelu), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh),
                    ("gelu_fast", .geluTanh), ("relu", .relu)
                ]), seed: try object.seed(), family: .encoder(encoder))
        if type == .electra {
            let embedding = try object.integer("embedding_size", default: 128)
            guard embedding == hiddenSize else {
                throw .embeddingSizeDiffers(embedding: embedding, hidden: hiddenSize)
            }
        }
        try check(encoder)
    }
}
