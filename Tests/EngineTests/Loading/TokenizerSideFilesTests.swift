import Foundation
import TestSupport
import Testing

@testable import Engine

/// The small files beside a vocabulary: honoured as the reference does, or refused where two of them disagree.
@Suite struct TokenizerSideFilesTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let name: String
            let files: [String: String]
            let ids: [[Int32]]
        }
        let words, texts: [String]
        let cases: [Case]
    }

    private static func golden() throws -> Golden {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/tokenizer/side", withExtension: "json"))
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }

    /// A folder with vocab.txt and these files.
    private func with<Result>(
        _ words: [String], _ files: [String: String], _ body: (URL) throws -> Result
    ) throws -> Result {
        try TestFolder.with { folder in
            try Data(words.map { $0 + "\n" }.joined().utf8).write(to: folder.appending(path: "vocab.txt"))
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            return try body(folder)
        }
    }

    // Made by tools/reference/tokenizer_side.py: the slow and the fast tokenizer of transformers agree on all of it.
    @Test func sideFilesAreHonouredAsTheReferenceDoes() throws {
        let golden = try Self.golden()
        for item in golden.cases {
            try with(golden.words, item.files) { folder in
                let tokenizer = try Tokenizer(folder: folder)
                for (text, ids) in zip(golden.texts, item.ids) {
                    #expect(tokenizer.encode(text, maximumTokens: 64) == ids, "\(item.name): \(text)")
                }
            }
        }
    }

    @Test func whatDecidesIsNamedAndNothingElse() throws {
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[E5]", "a"]
        let roles = #"{"unk_token":"[UNK]","cls_token":"[CLS]"}"#
        let all: [([String: String], [String])] = [
            ([:], []), (["special_tokens_map.json": roles, "tokenizer_config.json": roles], []),
            (["special_tokens_map.json": roles], ["special_tokens_map.json"]),
            (["special_tokens_map.json": #"{"additional_special_tokens":["[E5]"]}"#], ["special_tokens_map.json"]),
            (["added_tokens.json": #"{"more":7}"#], ["added_tokens.json"])
        ]
        for (files, names) in all {
            try with(words, files) { folder in #expect(TokenizerSideFiles.deciding(in: folder) == names, "\(files)") }
        }
    }

    @Test(arguments: [
        ("special_tokens_map.json", #"{"cls_token":"[MASK]"}"#, "cls_token"),
        ("special_tokens_map.json", #"{"additional_special_tokens":["[NEW]"]}"#, "[NEW]"),
        ("added_tokens.json", #"{"more":9}"#, "the id 7"), ("added_tokens.json", #"{"a":7}"#, "a"),
        ("added_tokens.json", #"["more"]"#, "added_tokens.json"),
        ("special_tokens_map.json", "{", "special_tokens_map.json")
    ])
    func whatIsNotSupportedIsRefusedByName(file: String, text: String, word: String) throws {
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[E5]", "a"]
        try with(words, ["tokenizer_config.json": #"{"cls_token":"[CLS]"}"#, file: text]) { folder in
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            #expect(
                error?.description.contains(word) == true && error?.file == file, "\(error.map { "\($0)" } ?? "none")")
        }
    }

    /// A tokenizer.json with lowercase on, and what lies beside it.
    private func beside(_ name: String, _ text: String, _ body: (URL) throws -> Void) throws {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/tokenizer/small-uncased/tokenizer", withExtension: "json"))
        try TestFolder.with { folder in
            try FileManager.default.copyItem(at: url, to: folder.appending(path: "tokenizer.json"))
            try Data(text.utf8).write(to: folder.appending(path: name))
            try body(folder)
        }
    }

    // One library follows the one file, another the other.
    @Test(arguments: [
        ("tokenizer_config.json", #"{"do_lower_case":false}"#, "do_lower_case"),
        ("tokenizer_config.json", #"{"strip_accents":false}"#, "strip_accents"),
        ("tokenizer_config.json", #"{"tokenize_chinese_chars":false}"#, "tokenize_chinese_chars"),
        ("tokenizer_config.json", #"{"cls_token":"[SEP]"}"#, "cls_token"),
        ("special_tokens_map.json", #"{"unk_token":"[PAD]"}"#, "unk_token"),
        ("added_tokens.json", #"{"surely not there":3}"#, "surely not there"),
        ("vocab.txt", "surely not there\n", "surely not there")
    ])
    func filesThatDisagreeAreRefusedNamingBoth(file: String, text: String, fact: String) throws {
        try beside(file, text) { folder in
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            let message = error?.description ?? ""
            #expect(
                message.contains(fact) && message.contains("tokenizer.json") && message.contains("both files"),
                "\(message)")
        }
    }

    @Test(arguments: [
        #"{"do_lower_case":true,"strip_accents":null,"tokenize_chinese_chars":true,"cls_token":"[CLS]"}"#, "{}"
    ])
    func filesThatAgreeAreRead(text: String) throws {
        try beside("tokenizer_config.json", text) { folder in
            let plain = try #require(
                Bundle.module.url(forResource: "Fixtures/tokenizer/small-uncased", withExtension: nil))
            let texts = ["Hello, wörld", "[CLS] a"]
            let (mine, theirs) = (try Tokenizer(folder: folder), try Tokenizer(folder: plain))
            for text in texts {
                #expect(mine.encode(text, maximumTokens: 64) == theirs.encode(text, maximumTokens: 64))
            }
        }
    }

    // All published files of before 2021 lack it.
    @Test func aTokenizerFileWithoutATypeOfItsModelIsRead() throws {
        try beside("none.txt", "") { folder in
            let file = folder.appending(path: "tokenizer.json")
            let before = try Tokenizer(folder: folder)
            var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            var model = try #require(object["model"] as? [String: Any])
            model["type"] = nil
            object["model"] = model
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            let after = try Tokenizer(folder: folder)
            #expect(after.encode("Hello, wörld", maximumTokens: 64) == before.encode("Hello, wörld", maximumTokens: 64))
            model["merges"] = ["a b"]
            object["model"] = model
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            #expect(error?.hasVocabulary == false)
            try Data("[UNK]\n[CLS]\n[SEP]\na\n".utf8).write(to: folder.appending(path: "vocab.txt"))
            let told = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            #expect(told?.hasVocabulary == true && told?.description.contains("vocab.txt") == true)
        }
    }
}
