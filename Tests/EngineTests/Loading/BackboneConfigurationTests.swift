import Engine
import Foundation
import TestSupport
import Testing

@Suite struct BackboneConfigurationTests {
    typealias Problem = BackboneConfigurationError.Problem

    /// A small valid file by keys, each as JSON text.
    private static let bert: [String: String] = [
        "model_type": "\"bert\"", "hidden_size": "8", "num_hidden_layers": "2", "num_attention_heads": "4",
        "intermediate_size": "16", "vocab_size": "100"
    ]
    private static let distilbert: [String: String] = [
        "model_type": "\"distilbert\"", "dim": "8", "n_layers": "2", "n_heads": "4", "hidden_dim": "16",
        "vocab_size": "100"
    ]

    private func bytes(_ base: [String: String], _ changes: [String: String?]) -> [UInt8] {
        let keys = base.merging(changes.compactMapValues(\.self)) { $1 }.filter { changes[$0.key] != .some(nil) }
        return Array(("{" + keys.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}").utf8)
    }

    private func read(_ base: [String: String] = bert, _ changes: [String: String?] = [:]) throws
        -> BackboneConfiguration
    {
        try BackboneConfiguration(bytes: bytes(base, changes), name: "config.json")
    }

    private func problem(_ changes: [String: String?], base: [String: String] = bert) -> Problem? {
        let error = #expect(throws: BackboneConfigurationError.self) { try read(base, changes) }
        #expect(error?.description.hasPrefix("config.json: ") == true)
        return error?.problem
    }

    @Test func defaultsAreThoseOfTheReference() throws {
        let expected = try BackboneConfiguration(
            modelType: .bert, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 16, vocabularySize: 100,
            maximumPositions: 512, typeVocabularySize: 2, layerNormEpsilon: 1e-12, activation: .gelu)
        #expect(try read() == expected)
        #expect(try read(Self.bert, ["max_position_embeddings": "null", "hidden_act": "null"]) == expected)
    }

    @Test func distilbertUsesItsOwnKeys() throws {
        let expected = try BackboneConfiguration(
            modelType: .distilbert, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 16, vocabularySize: 100,
            maximumPositions: 64, activation: .relu)
        switch expected.family {
        case .encoder(let encoder): #expect(encoder.typeVocabularySize == 0)
        case .decoder: Issue.record("an encoder was read as a decoder")
        }
        #expect(
            try read(
                Self.distilbert, ["max_position_embeddings": "64", "activation": "\"relu\"", "layer_norm_eps": "0.5"])
                == expected)
    }

    @Test func everyValueIsRead() throws {
        let read = try read(
            Self.bert,
            [
                "model_type": "\"electra\"", "embedding_size": "8", "layer_norm_eps": "1e-5", "type_vocab_size": "1",
                "hidden_act": "\"gelu_new\"", "initializer_seed": "18446744073709551615",
                "position_embedding_type": "\"absolute\"", "is_decoder": "false", "quantization_config": "null"
            ])
        let expected = try BackboneConfiguration(
            modelType: .electra, hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 16, vocabularySize: 100,
            typeVocabularySize: 1, layerNormEpsilon: 1e-5, activation: .geluTanh, seed: .max)
        #expect(read == expected)
    }

    @Test(arguments: [
        ("gelu", BackboneConfiguration.Activation.gelu), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh),
        ("gelu_fast", .geluTanh), ("relu", .relu)
    ])
    func activationsAreKnownByName(name: String, activation: BackboneConfiguration.Activation) throws {
        #expect(try read(Self.bert, ["hidden_act": "\"\(name)\""]).activation == activation)
    }

    @Test func settingsThatWouldChangeTheNumbersAreRefused() {
        #expect(
            problem(["model_type": "\"roberta\""])
                == .unknownModelType(
                    found: "roberta", supported: ["bert", "distilbert", "electra", "llama", "qwen2", "qwen3", "gpt2"]))
        #expect(
            problem(["hidden_act": "\"silu\""])
                == .unknownActivation(
                    key: "hidden_act", found: "silu",
                    supported: ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu"]))
        #expect(
            problem(["position_embedding_type": "\"relative_key\""])
                == .unsupportedSetting(
                    key: "position_embedding_type", found: "the string \"relative_key\"", supported: "\"absolute\""))
        #expect(
            problem(["is_decoder": "true"]) == .unsupportedSetting(key: "is_decoder", found: "true", supported: "false")
        )
        #expect(problem(["quantization_config": #"{"bits":4}"#]) == .quantized)
        #expect(problem(["auto_map": #"{"AutoModel":"x.Y"}"#]) == .remoteCode)
        #expect(problem(["model_type": "\"electra\""]) == .embeddingSizeDiffers(embedding: 128, hidden: 8))
        #expect(
            problem(["model_type": "\"electra\"", "embedding_size": "4"])
                == .embeddingSizeDiffers(embedding: 4, hidden: 8))
    }

    @Test func missingKeysAreNamed() {
        for key in Self.bert.keys { #expect(problem([key: nil]) == .missingKey(key)) }
        for key in Self.distilbert.keys { #expect(problem([key: nil], base: Self.distilbert) == .missingKey(key)) }
    }

    @Test func wrongTypesAreNamed() {
        for (value, found) in [
            ("\"8\"", "the string \"8\""), ("8.0", "the number 8.0"), ("[8]", "an array"), ("{}", "an object"),
            ("true", "true"),
            ("99999999999999999999", "the number 99999999999999999999")
        ] {
            #expect(
                problem(["hidden_size": value])
                    == .wrongType(key: "hidden_size", found: found, expected: "a whole number"))
        }
        #expect(
            problem(["model_type": "1"]) == .wrongType(key: "model_type", found: "the number 1", expected: "a string"))
        #expect(
            problem(["hidden_act": "1"]) == .wrongType(key: "hidden_act", found: "the number 1", expected: "a string"))
        #expect(
            problem(["layer_norm_eps": "\"small\""])
                == .wrongType(key: "layer_norm_eps", found: "the string \"small\"", expected: "a number"))
        #expect(
            problem(["initializer_seed": "-1"])
                == .wrongType(
                    key: "initializer_seed", found: "the number -1", expected: "a whole number from 0 to 2^64 - 1"))
    }

    @Test func absurdSizesAreRefused() {
        #expect(problem(["num_attention_heads": "3"]) == .headsDoNotDivide(hidden: 8, heads: 3))
        for (key, value, allowed) in [
            ("num_hidden_layers", "0", "1 to 1024"), ("num_hidden_layers", "1025", "1 to 1024"),
            ("num_attention_heads", "0", "1 to 65536"), ("hidden_size", "-8", "1 to 65536"),
            ("vocab_size", "1000000000", "1 to 16777216"), ("vocab_size", "0", "1 to 16777216"),
            ("max_position_embeddings", "9223372036854775807", "1 to 1048576"),
            ("intermediate_size", "0", "1 to 1048576"), ("type_vocab_size", "0", "1 to 65536")
        ] {
            #expect(problem([key: value]) == .outOfRange(key: key, found: value, allowed: allowed))
        }
        for value in ["0", "1", "-1e-12", "1e-60", "1e60"] {
            guard case .outOfRange(key: "layer_norm_eps", _, _) = problem(["layer_norm_eps": value]) else {
                Issue.record("layer_norm_eps \(value) was not refused")
                continue
            }
        }
        #expect(
            problem(["hidden_size": "65536", "num_hidden_layers": "1024", "intermediate_size": "1048576"])
                == .tooManyParameters(limit: 1 << 33))
        #expect(problem(["hidden_size": "65536", "vocab_size": "16777216"]) == .tooManyParameters(limit: 1 << 33))
    }

    @Test func malformedFilesAreRefused() {
        func fault(_ text: String) -> Problem? {
            #expect(throws: BackboneConfigurationError.self) {
                try BackboneConfiguration(bytes: Array(text.utf8), name: "config.json")
            }?.problem
        }
        #expect(fault("") == .syntax(JSONFault(kind: .unexpectedEnd, offset: 0)))
        #expect(fault("[]") == .notAnObject(found: "an array"))
        #expect(fault("{}") == .missingKey("model_type"))
        #expect(fault("{} x") == .syntax(JSONFault(kind: .trailingBytes, offset: 3)))
        #expect(fault(#"{"a":1,"a":1}"#) == .syntax(JSONFault(kind: .duplicateKey("a"), offset: 7)))
        #expect(fault(#"{"a":NaN}"#) == .syntax(JSONFault(kind: .unexpectedByte(UInt8(ascii: "N")), offset: 5)))
        #expect(fault(#"{"a":01}"#) == .syntax(JSONFault(kind: .badNumber, offset: 6)))
        #expect(fault(#"{"a":1.}"#) == .syntax(JSONFault(kind: .badNumber, offset: 7)))
        let deep = String(repeating: "[", count: 100_000)
        #expect(fault(deep) == .syntax(JSONFault(kind: .tooDeep(limit: 64), offset: 64)))
        #expect(fault("\u{feff}{}") == .syntax(JSONFault(kind: .unexpectedByte(0xEF), offset: 0)))
    }

    @Test func hugeAndMissingFilesAreRefused() throws {
        try Fixture.withFolder { folder in
            func problem(_ name: String) -> Problem? {
                #expect(throws: BackboneConfigurationError.self) {
                    try BackboneConfiguration(contentsOf: folder.appending(path: name))
                }?.problem
            }
            #expect(problem("config.json") == .file(.missing))
            try Data(count: (1 << 20) + 1).write(to: folder.appending(path: "big.json"))
            #expect(problem("big.json") == .file(.tooLarge(bytes: (1 << 20) + 1, limit: 1 << 20)))
            try Data(bytes(Self.bert, [:])).write(to: folder.appending(path: "config.json"))
            #expect(
                try BackboneConfiguration(contentsOf: folder.appending(path: "config.json")) == read())
        }
    }

    @Test(.enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6"))
    func aRealConfigurationIsRead() throws {
        let file = try #require(TestData.miniLM).appending(path: "config.json")
        let expected = try BackboneConfiguration(
            hiddenSize: 384, layers: 6, heads: 12, intermediateSize: 1536, vocabularySize: 30_522)
        #expect(try BackboneConfiguration(contentsOf: file) == expected)
    }
}
