/// Why a config.json, or a GGUF file's metadata, does not describe a backbone that can be loaded.
package struct BackboneConfigurationError: Error, Equatable, Sendable {
    /// What is wrong, with the key and what was found.
    package enum Problem: Equatable, Sendable {
        case file(FileFault)
        case syntax(JSONFault)
        case notAnObject(found: String)
        case missingKey(String)
        case wrongType(key: String, found: String, expected: String)
        case outOfRange(key: String, found: String, allowed: String)
        case headsDoNotDivide(hidden: Int, heads: Int)
        case keyValueHeadsDoNotDivide(heads: Int, keyValueHeads: Int)
        case tooManyParameters(limit: Int)
        case unknownModelType(found: String, supported: [String])
        case unknownArchitecture(found: String, supported: [String])
        case unknownActivation(key: String, found: String, supported: [String])
        case unsupportedSetting(key: String, found: String, supported: String)
        case quantized
        case remoteCode
        case embeddingSizeDiffers(embedding: Int, hidden: Int)
    }

    /// The name of the file.
    package let file: String
    /// What is wrong with it.
    package let problem: Problem
}

extension BackboneConfigurationError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String { "\(file): \(wording)" }

    private var isGGUF: Bool { file.lowercased().hasSuffix(".gguf") }

    private var wording: String {
        switch problem {
        case .file(let fault): fault.description
        case .syntax(let fault): "\(fault); get another copy of the file"
        case .notAnObject(let found): "found \(found) instead of an object; get another copy of the file"
        case .missingKey(let key):
            "the key \"\(key)\" is missing; "
                + (isGGUF ? "get another copy of the file" : "get the config.json that belongs to the weights")
        case .wrongType(let key, let found, let expected):
            "\"\(key)\" holds \(found), expected \(expected); correct the file"
        case .outOfRange(let key, let found, let allowed):
            "\"\(key)\" is \(found), allowed is \(allowed); correct the file"
        case .headsDoNotDivide(let hidden, let heads):
            "\(heads) attention heads do not divide the hidden size \(hidden); correct the file"
        case .keyValueHeadsDoNotDivide(let heads, let keyValueHeads):
            "\(keyValueHeads) heads of key and value do not divide the \(heads) of the query; correct the file"
        case .tooManyParameters(let limit):
            "the sizes multiply to more than \(limit) parameters; correct the file"
        case .unknownModelType(let found, let supported):
            "model_type \"\(found)\" is not supported; choose a model of type \(supported.joined(separator: ", "))"
        case .unknownArchitecture(let found, let supported):
            "general.architecture \"\(found)\" is not supported; choose a model of architecture "
                + supported.joined(separator: ", ")
        case .unknownActivation(let key, let found, let supported):
            "\"\(key)\" is \"\(found)\"; choose a model that uses one of \(supported.joined(separator: ", "))"
        case .unsupportedSetting(let key, let found, let supported):
            "\"\(key)\" holds \(found), supported is \(supported); choose another model"
        case .quantized: "the weights are quantized; choose the model in F32, F16 or BF16"
        case .remoteCode:
            "\"auto_map\" asks to run code from the model folder, which never happens; choose another model"
        case .embeddingSizeDiffers(let embedding, let hidden):
            "embedding_size \(embedding) differs from hidden_size \(hidden); choose an electra model where they are "
                + "equal"
        }
    }
}
