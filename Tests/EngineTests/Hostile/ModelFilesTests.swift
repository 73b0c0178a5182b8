import Engine
import Foundation
import TestSupport
import Testing

/// tokenizer.json and config.json: how much one may ask for, and what is no file.
@Suite struct ModelFilesTests {
    private static let vocabulary = ###"{"[UNK]":0,"[CLS]":1,"[SEP]":2}"###

    /// A tokenizer.json; `parts` replace those of a valid one.
    private static func tokenizer(_ parts: [String: String] = [:]) -> String {
        let valid = [
            "version": #""1.0""#,
            "normalizer":
                #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"lowercase":true}"#,
            "pre_tokenizer": #"{"type":"BertPreTokenizer"}"#,
            "post_processor": #"{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}"#,
            "model":
                ###"{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","###
                + #""max_input_chars_per_word":9,"vocab":\#(vocabulary)}"#
        ]
        let members = valid.merging(parts) { $1 }.sorted { $0.key < $1.key }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func problem(_ text: String) throws -> TokenizerError.Problem? {
        try TestFolder.with { folder in
            try Data(text.utf8).write(to: folder.appending(path: "tokenizer.json"))
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            #expect(error?.description.hasPrefix("tokenizer.json: ") == true)
            return error?.problem
        }
    }

    @Test func theValidFileIsRead() throws {
        try TestFolder.with { folder in
            try Data(Self.tokenizer().utf8).write(to: folder.appending(path: "tokenizer.json"))
            #expect(try Tokenizer(folder: folder).encode("x", maximumTokens: 4) == [1, 0, 2])
        }
    }

    /// A value takes many times the two bytes it can be written in.
    @Test func millionsOfValuesAreRefused() throws {
        let zeros = "[" + String(repeating: "0,", count: 1 << 21) + "0]"
        guard case .syntax(let fault) = try problem(Self.tokenizer(["extra": zeros])) else {
            Issue.record("millions of values were read")
            return
        }
        #expect(fault.kind == .tooManyValues(limit: 1 << 21))
    }

    /// Each would be tried at every character of a text, and compared with all others when it is read.
    @Test func addedTokensWithoutEndAreRefused() throws {
        let tokens = (0..<20_000).map { #"{"id":\#($0 + 3),"content":"t\#($0)"}"# }
        #expect(
            try problem(Self.tokenizer(["added_tokens": "[\(tokens.joined(separator: ","))]"]))
                == .addedTokensTooLarge(limit: 1 << 16))
        let long = #"[{"id":3,"content":"\#(String(repeating: "a", count: (1 << 16) + 1))"}]"#
        #expect(try problem(Self.tokenizer(["added_tokens": long])) == .addedTokensTooLarge(limit: 1 << 16))
    }

    @Test func templatesWithoutEndAreRefused() throws {
        let items = [String](repeating: #"{"SpecialToken":{"id":"x"}}"#, count: 65).joined(separator: ",")
        let template = #"{"type":"TemplateProcessing","single":[\#(items)],"special_tokens":{}}"#
        #expect(
            try problem(Self.tokenizer(["post_processor": template]))
                == .unsupported(field: "post_processor.single", found: "a list of 65 items", supported: "at most 64"))
    }

    /// There is no engine for regular expressions that one could be slow in.
    @Test(arguments: [
        (
            "pre_tokenizer", #"{"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Isolated","invert":false}"#,
            "Split"
        ),
        ("normalizer", #"{"type":"Replace","pattern":{"Regex":"(a+)+$"},"content":""}"#, "Replace"),
        ("model", #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b","b a"]}"#, "BPE")
    ])
    func patternsAndMergesAreRefusedUnread(field: String, json: String, found: String) throws {
        guard case .unsupported(field, found, _) = try problem(Self.tokenizer([field: json])) else {
            Issue.record("\(found) was accepted")
            return
        }
    }

    @Test func aVocabularyOfTooManyCharactersIsRefused() throws {
        let long = String(repeating: "a", count: 1 << 20)
        let words = (0..<8).map { #""\#($0)\#(long)":\#($0 + 1)"# }
        let model =
            #"{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,\#(words.joined(separator: ","))}}"#
        guard case .vocabularyTooLarge(_, 8_388_608) = try problem(Self.tokenizer(["model": model])) else {
            Issue.record("a vocabulary of eight million characters was accepted")
            return
        }
    }

    /// A file of 1 TB is refused by its size.
    @Test(arguments: ["tokenizer.json", "vocab.txt", "tokenizer_config.json", "config.json"])
    func hugeFilesAreRefusedUnread(name: String) throws {
        try refused(name) { url in
            try Data().write(to: url)
            try #require(unsafe truncate(url.path, 1 << 40) == 0)
        }
    }

    @Test(arguments: ["tokenizer.json", "vocab.txt", "tokenizer_config.json", "config.json"])
    func whatIsNoRegularFileIsRefusedUnread(name: String) throws {
        try refused(name) { url in #expect(unsafe mkfifo(url.path, 0o600) == 0) }
        try refused(name) { url in
            try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: "/dev/zero")
        }
        try refused(name) { url in
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        }
    }

    /// Makes a folder of a model whose file of this name `make` makes, and reads it.
    private func refused(_ name: String, _ make: (URL) throws -> Void) throws {
        try TestFolder.with { folder in
            if name == "tokenizer_config.json" {
                try Data("[UNK]\n[CLS]\n[SEP]\n".utf8).write(to: folder.appending(path: "vocab.txt"))
            }
            let url = folder.appending(path: name)
            try make(url)
            if name == "config.json" {
                let error = #expect(throws: BackboneConfigurationError.self) {
                    try BackboneConfiguration(contentsOf: url)
                }
                if case .file = error?.problem { return }
            } else {
                let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
                #expect(error?.file == name)
                if case .file = error?.problem { return }
            }
            Issue.record("\(name) was read")
        }
    }
}
