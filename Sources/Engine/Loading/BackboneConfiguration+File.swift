package import Foundation

extension BackboneConfiguration {
    private typealias Problem = BackboneConfigurationError.Problem

    private static let sizeLimit = 1 << 20

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
        let fields: Fields
        do {
            fields = try Fields(bytes)
        } catch {
            throw BackboneConfigurationError(file: name, problem: error)
        }
        try self.init(
            modelType: fields.modelType, hiddenSize: fields.hiddenSize, layers: fields.layers,
            heads: fields.heads, intermediateSize: fields.intermediateSize,
            vocabularySize: fields.vocabularySize, maximumPositions: fields.maximumPositions,
            typeVocabularySize: fields.typeVocabularySize, layerNormEpsilon: fields.layerNormEpsilon,
            activation: fields.activation, seed: fields.seed, file: name)
    }

    /// The values of the file, each of the right JSON type; defaults are those of Hugging Face transformers.
    private struct Fields {
        let modelType: ModelType
        let hiddenSize: Int
        let layers: Int
        let heads: Int
        let intermediateSize: Int
        let vocabularySize: Int
        let maximumPositions: Int
        let typeVocabularySize: Int
        let layerNormEpsilon: Float
        let activation: Activation
        let seed: UInt64?

        init(_ bytes: [UInt8]) throws(Problem) {
            let object = try Self.object(bytes)
            modelType = try Self.modelType(object)
            try Self.refuseUnsupported(object)
            let distil = modelType == .distilbert
            hiddenSize = try Self.integer(object, distil ? "dim" : "hidden_size")
            layers = try Self.integer(object, distil ? "n_layers" : "num_hidden_layers")
            heads = try Self.integer(object, distil ? "n_heads" : "num_attention_heads")
            intermediateSize = try Self.integer(object, distil ? "hidden_dim" : "intermediate_size")
            vocabularySize = try Self.integer(object, "vocab_size")
            maximumPositions = try Self.integer(object, "max_position_embeddings", default: 512)
            typeVocabularySize = distil ? 0 : try Self.integer(object, "type_vocab_size", default: 2)
            layerNormEpsilon = distil ? 1e-12 : try Self.float(object, "layer_norm_eps", default: 1e-12)
            activation = try Self.activation(object, distil ? "activation" : "hidden_act")
            seed = try Self.seed(object)
            if modelType == .electra {
                let embedding = try Self.integer(object, "embedding_size", default: 128)
                guard embedding == hiddenSize else {
                    throw .embeddingSizeDiffers(embedding: embedding, hidden: hiddenSize)
                }
            }
        }

        private static func object(_ bytes: [UInt8]) throws(Problem) -> JSONObject {
            let value: JSONValue
            do {
                value = try JSONValue(parsing: bytes)
            } catch {
                throw .syntax(error)
            }
            guard case .object(let object) = value else { throw .notAnObject(found: value.kind) }
            return object
        }

        private static func modelType(_ object: JSONObject) throws(Problem) -> ModelType {
            guard let value = object["model_type"] else { throw .missingKey("model_type") }
            guard case .string(let text) = value else {
                throw .wrongType(key: "model_type", found: value.kind, expected: "a string")
            }
            guard let type = ModelType(rawValue: text) else {
                throw .unknownModelType(found: text, supported: ModelType.allCases.map(\.rawValue))
            }
            return type
        }

        /// Settings that change what the weights mean; ignoring one would give wrong numbers in silence.
        private static func refuseUnsupported(_ object: JSONObject) throws(Problem) {
            guard object["quantization_config"] == nil else { throw .quantized }
            guard object["auto_map"] == nil else { throw .remoteCode }
            let supported: [(key: String, value: JSONValue, wording: String)] = [
                ("position_embedding_type", .string("absolute"), "\"absolute\""),
                ("is_decoder", .bool(false), "false"),
                ("add_cross_attention", .bool(false), "false")
            ]
            for (key, value, wording) in supported {
                guard let found = object[key], found != value else { continue }
                throw .unsupportedSetting(key: key, found: found.kind, supported: wording)
            }
        }

        private static func integer(
            _ object: JSONObject, _ key: String, default standard: Int? = nil
        ) throws(Problem) -> Int {
            guard let value = object[key] else {
                guard let standard else { throw .missingKey(key) }
                return standard
            }
            guard case .number(let text) = value, let number = Int(text) else {
                throw .wrongType(key: key, found: value.kind, expected: "a whole number")
            }
            return number
        }

        private static func float(
            _ object: JSONObject, _ key: String, default standard: Float
        ) throws(Problem) -> Float {
            guard let value = object[key] else { return standard }
            guard case .number(let text) = value, let number = Float(text) else {
                throw .wrongType(key: key, found: value.kind, expected: "a number")
            }
            return number
        }

        private static func activation(_ object: JSONObject, _ key: String) throws(Problem) -> Activation {
            guard let value = object[key] else { return .gelu }
            guard case .string(let text) = value else {
                throw .wrongType(key: key, found: value.kind, expected: "a string")
            }
            switch text {
            case "gelu": return .gelu
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
            case "relu": return .relu
            default:
                throw .unknownActivation(
                    key: key, found: text,
                    supported: ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu"])
            }
        }

        private static func seed(_ object: JSONObject) throws(Problem) -> UInt64? {
            guard let value = object["initializer_seed"] else { return nil }
            guard case .number(let text) = value, let seed = UInt64(text) else {
                throw .wrongType(
                    key: "initializer_seed", found: value.kind, expected: "a whole number from 0 to 2^64 - 1")
            }
            return seed
        }
    }
}
