import Engine
import Foundation
import Testing

/// Damaged, hostile and foreign tokenizer files: each is refused for its own reason.
@Suite struct TokenizerHostileTests {
    typealias Problem = TokenizerError.Problem

    /// The parts of a small valid tokenizer.json, each as JSON text.
    private static let valid: [String: String] = [
        "version": #""1.0""#,
        "added_tokens": #"[{"id":1,"content":"[CLS]"},{"id":2,"content":"[SEP]","single_word":false}]"#,
        "normalizer":
            #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"#
            + #""strip_accents":null,"lowercase":true}"#,
        "pre_tokenizer": #"{"type":"BertPreTokenizer"}"#,
        "post_processor": #"{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}"#,
        "model": model(###"{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"##b":4}"###)
    ]

    private static func model(_ vocabulary: String) -> String {
        ###"{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":9,"###
            + #""vocab":\#(vocabulary)}"#
    }

    private func load(_ changes: [String: String?] = [:]) throws -> Tokenizer {
        let parts = Self.valid.merging(changes.compactMapValues(\.self)) { $1 }.filter { changes[$0.key] != .some(nil) }
        return try load(files: [
            "tokenizer.json": "{" + parts.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        ])
    }

    private func load(files: [String: String]) throws -> Tokenizer {
        try Fixture.withFolder { folder in
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            return try Tokenizer(folder: folder)
        }
    }

    private func problem(_ changes: [String: String?]) -> Problem? {
        let error = #expect(throws: TokenizerError.self) { try load(changes) }
        #expect(error?.file == "tokenizer.json")
        return error?.problem
    }

    private func error(_ files: [String: String]) -> TokenizerError? {
        #expect(throws: TokenizerError.self) { try load(files: files) }
    }

    @Test func theValidFileIsRead() throws {
        let tokenizer = try load()
        #expect(tokenizer.vocabularySize == 5)
        #expect(tokenizer.encode("Ab a ba [SEP]", maximumTokens: 9) == [1, 3, 4, 3, 0, 2, 2])
        let template = #"""
            {"type":"TemplateProcessing",
            "single":[{"SpecialToken":{"id":"x","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
            "special_tokens":{"x":{"id":"x","ids":[2,1],"tokens":["[SEP]","[CLS]"]}}}
            """#
        #expect(try load(["post_processor": template]).encode("ab", maximumTokens: 9) == [2, 1, 3, 4])
    }

    @Test(arguments: [
        ("model", #"{"type":"BPE","vocab":{},"merges":[]}"#, "BPE", "WordPiece"),
        ("model", #"{"type":"Unigram","vocab":[]}"#, "Unigram", "WordPiece"),
        ("normalizer", #"{"type":"Sequence","normalizers":[]}"#, "Sequence", "BertNormalizer"),
        ("pre_tokenizer", #"{"type":"ByteLevel"}"#, "ByteLevel", "BertPreTokenizer"),
        (
            "post_processor", #"{"type":"RobertaProcessing"}"#, "RobertaProcessing",
            "TemplateProcessing or BertProcessing"
        ),
        ("version", #""2.0""#, #""2.0""#, #""1.0""#)
    ])
    func foreignComponentsAreNamed(field: String, json: String, found: String, supported: String) {
        #expect(problem([field: json]) == .unsupported(field: field, found: found, supported: supported))
    }

    @Test func missingPartsAreNamed() {
        for field in Self.valid.keys where field != "added_tokens" {
            #expect(problem([field: nil]) == .missingField(field))
            #expect(problem([field: "null"]) == .missingField(field))
        }
        #expect(problem(["model": #"{"type":"WordPiece"}"#]) == .missingField("model.vocab"))
        #expect(problem(["normalizer": #"{"type":"BertNormalizer"}"#]) == .missingField("normalizer.clean_text"))
        #expect(problem(["model": Self.model(#"{"a":0}"#)]) == .missingToken(role: "unk_token", token: "[UNK]"))
    }

    @Test func idsAreChecked() {
        func vocabulary(_ text: String) -> Problem? { problem(["model": Self.model(text), "added_tokens": "[]"]) }
        #expect(vocabulary("{}") == .emptyVocabulary)
        #expect(vocabulary(#"{"[UNK]":0,"[CLS]":1,"[SEP]":1}"#) == .duplicateID(id: 1))
        #expect(vocabulary(#"{"[UNK]":0,"[CLS]":1,"[SEP]":3}"#) == .idGap(id: 2))
        #expect(vocabulary(#"{"[UNK]":1}"#) == .idGap(id: 0))
        #expect(vocabulary(#"{"[UNK]":8388607}"#) == .idGap(id: 0))
        for id in ["-1", "4294967296", "8388608"] {
            #expect(
                vocabulary(#"{"[UNK]":\#(id)}"#)
                    == .idOutOfRange(field: #"model.vocab["[UNK]"]"#, id: Int(id) ?? 0, allowed: 0..<8_388_608))
        }
        #expect(
            vocabulary(#"{"[UNK]":1.5}"#)
                == .wrongType(field: #"model.vocab["[UNK]"]"#, found: "the number 1.5", expected: "a whole number"))
        guard case .syntax(let fault) = vocabulary(#"{"[UNK]":0,"[UNK]":0}"#) else {
            Issue.record("a duplicate key was not refused")
            return
        }
        #expect(fault.kind == .duplicateKey("[UNK]"))
    }

    @Test func tokensThatDifferOnlyInUnicodeFormAreDistinct() throws {
        let model = Self.model("{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"\u{e9}\":3,\"e\u{301}\":4}")
        let normalizer =
            #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"#
            + #""strip_accents":false,"lowercase":true}"#
        let tokenizer = try load(["model": model, "normalizer": normalizer])
        #expect(tokenizer.encode("\u{e9} e\u{301}", maximumTokens: 9) == [1, 3, 4, 2])
    }

    @Test func addedTokensAreChecked() throws {
        func added(_ text: String) -> Problem? { problem(["added_tokens": text]) }
        #expect(added(#"[{"id":5,"content":""}]"#) == .emptyAddedToken(id: 5))
        #expect(added(#"[{"id":5,"content":"x"},{"id":5,"content":"x"}]"#) == .duplicateAddedToken("x"))
        #expect(added(#"[{"id":4,"content":"a"}]"#) == .addedTokenCollision(token: "a", found: 4, expected: 3))
        #expect(added(#"[{"id":4,"content":"x"}]"#) == .duplicateID(id: 4))
        #expect(added(#"[{"id":6,"content":"x"}]"#) == .idGap(id: 5))
        #expect(
            added(#"[{"id":5,"content":"x","single_word":true}]"#)
                == .unsupported(field: "added_tokens[0].single_word", found: "true", supported: "false"))
        #expect(added(#"[{"id":5}]"#) == .missingField("added_tokens[0].content"))
        #expect(added("{}") == .wrongType(field: "added_tokens", found: "an object", expected: "an array"))
        #expect(try load(["added_tokens": #"[{"id":5,"content":"x"}]"#]).vocabularySize == 6)
    }

    @Test func postProcessorsAreChecked() {
        func processor(_ text: String) -> Problem? { problem(["post_processor": text]) }
        #expect(
            processor(#"{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",0]}"#)
                == .specialTokenMismatch(token: "[CLS]", found: 0, expected: 1))
        #expect(
            processor(#"{"type":"BertProcessing","sep":["[SEP]",2],"cls":["<s>",0]}"#)
                == .specialTokenMismatch(token: "<s>", found: 0, expected: nil))
        #expect(
            processor(#"{"type":"BertProcessing","sep":["[SEP]"],"cls":["[CLS]",1]}"#)
                == .wrongType(field: "post_processor.sep", found: "1 elements", expected: "a token and its id"))
        #expect(processor(#"{"type":"TemplateProcessing","single":[],"special_tokens":{}}"#) == .templateWithoutText)
        let text = #"{"Sequence":{"id":"A","type_id":0}}"#
        #expect(
            processor(#"{"type":"TemplateProcessing","single":[\#(text),\#(text)],"special_tokens":{}}"#)
                == .templateWithoutText)
        #expect(
            processor(
                #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":1}}],"special_tokens":{}}"#)
                == .unsupported(field: "post_processor.single[0].Sequence.type_id", found: "1", supported: "0"))
        #expect(
            processor(#"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"q"}}],"special_tokens":{}}"#)
                == .missingField("post_processor.special_tokens.q"))
    }

    @Test func foldersWithoutTokenizerAreRefused() {
        #expect(error([:])?.problem == .noTokenizer)
        #expect(error(["tokenizer_config.json": "{}"])?.problem == .noTokenizer)
        #expect(error(["tokenizer.json": "{"])?.problem == .syntax(JSONFault(kind: .unexpectedEnd, offset: 1)))
        let deep = String(repeating: "[", count: 100_000)
        #expect(error(["tokenizer.json": deep])?.problem == .syntax(JSONFault(kind: .tooDeep(limit: 64), offset: 64)))
    }

    @Test func vocabularyFilesAreChecked() {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"
        func vocabulary(_ text: String, _ configuration: String = "{}") -> Problem? {
            error(["vocab.txt": text, "tokenizer_config.json": configuration])?.problem
        }
        #expect(vocabulary("") == .emptyVocabulary)
        #expect(vocabulary(lines + "a\n") == .duplicateToken(token: "a", line: 7))
        #expect(vocabulary("[UNK]\n[CLS]\n") == .missingToken(role: "sep_token", token: "[SEP]"))
        #expect(vocabulary("[CLS]\n[SEP]\n") == .missingToken(role: "unk_token", token: "[UNK]"))
        #expect(
            vocabulary(lines, #"{"cls_token":{"content":"<s>"}}"#) == .missingToken(role: "cls_token", token: "<s>"))
        #expect(
            vocabulary(lines, #"{"do_lower_case":"yes"}"#)
                == .wrongType(field: "do_lower_case", found: "the string \"yes\"", expected: "true or false"))
        #expect(
            vocabulary(lines, #"{"added_tokens_decoder":{"6":{"content":"x"}}}"#)
                == .unsupported(
                    field: "added_tokens_decoder.6", found: "\"x\"",
                    supported: "only special tokens and those of added_tokens.json"))
        guard
            case .unsupported("tokenizer_class", "RobertaTokenizer", _) = vocabulary(
                lines, #"{"tokenizer_class":"RobertaTokenizer"}"#)
        else {
            Issue.record("a foreign tokenizer class was not refused")
            return
        }
    }

    @Test func vocabularyFilesMayEndLinesAsWindowsDoes() throws {
        let tokenizer = try load(files: ["vocab.txt": "[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n##b\r\n"])
        #expect(tokenizer.encode("AB [sep] [SEP]", maximumTokens: 20) == [1, 3, 4, 0, 0, 0, 2, 2])
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        try Fixture.withFolder { folder in
            try Data([0x61, 0x0A, 0xFF, 0x0A]).write(to: folder.appending(path: "vocab.txt"))
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder) }
            #expect(error == TokenizerError(file: "vocab.txt", problem: .notUTF8))
        }
    }
}
