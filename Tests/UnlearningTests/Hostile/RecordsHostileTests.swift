import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Files of records without end, without lines, or that are no files.
@Suite struct RecordsHostileTests {
    static let names = ["a.csv", "a.tsv", "a.jsonl"]

    private func failure(_ url: URL) -> RecordsError? {
        #expect(throws: RecordsError.self) { try read(url) }
    }

    private func read(_ url: URL) throws { try RecordReader(columns: Columns()).forEach(file: url) { _, _ in } }

    /// Reading ends with the first record that is longer than any may be.
    @Test(arguments: names) func aLineOfATerabyteIsRefusedWhereItBegins(name: String) throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: name)
            try Data("\n\n".utf8).write(to: url)
            try #require(unsafe truncate(url.path, 1 << 40) == 0)
            let error = try #require(failure(url))
            #expect(error.problem == .recordTooLong(limit: 1 << 20))
            #expect(error.line == 3)
            #expect(error.description.hasSuffix("shorten the text if it is really that long."))
        }
    }

    @Test(arguments: names) func whatIsNoRegularFileIsRefusedUnread(name: String) throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: name)
            #expect(unsafe mkfifo(url.path, 0o600) == 0)
            #expect(throws: InputError(name: url.path, problem: .notARegularFile)) { try read(url) }
            try FileManager.default.removeItem(at: url)
            try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: "/dev/zero")
            #expect(throws: InputError(name: url.path, problem: .notARegularFile)) { try read(url) }
            try FileManager.default.removeItem(at: url)
            try FileManager.default.createSymbolicLink(at: url, withDestinationURL: url)
            #expect(throws: InputError(name: url.path, problem: .notARegularFile)) { try read(url) }
        }
    }

    /// Half a surrogate pair has no UTF-8; its three bytes are refused where a CSV file has them.
    @Test func loneSurrogatesAreRefusedInDelimitedFilesToo() {
        for half: [UInt8] in [[0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF]] {
            let bytes = Array("id,text,label\nr,a".utf8) + half + Array(",x\n".utf8)
            let error = RecordsFixture.failure("a.csv", bytes)
            #expect(error?.problem == .invalidUTF8)
            #expect(error?.line == 2)
            #expect(error?.column == "text")
        }
    }

    @Test func aHeaderOfAMillionColumnsIsReadInItsPlace() throws {
        let columns = (0..<120_000).map { "c\($0)" }.joined(separator: ",")
        let missing = try #require(RecordsFixture.failure("a.csv", columns + "\n"))
        #expect(missing.column == "id")
        #expect(missing.description.utf8.count < 4_096)
        let unnamed = try #require(RecordsFixture.failure("a.csv", String(repeating: ",", count: 1 << 19)))
        #expect(unnamed.column == "id" && unnamed.description.utf8.count < 4_096)
    }

    @Test func aJSONObjectOfManyKeysIsReadInItsPlace() throws {
        let keys = (0..<80_000).map { "\"k\($0)\":0" }.joined(separator: ",")
        let missing = try #require(RecordsFixture.failure("a.jsonl", "{\(keys)}\n"))
        #expect(missing.line == 1)
        #expect(missing.column == "id")
        #expect(missing.description.utf8.count < 4_096)
    }

    /// More tokens than a recipe allows are no error: the text is cut, at the same place always.
    @Test func aTextOfTooManyTokensIsCut() throws {
        try ToyWorld.with { world in
            let model = try Model(world.recipe, backbone: world.backbone, training: false)
            let words = [String](repeating: "rain", count: 10_000)
            let most = words.prefix(world.recipe.maxTokens)
            let features = try model.features(
                [words.joined(separator: " "), most.joined(separator: " ")], threads: 1)
            #expect(features[0] == features[1])
            let tokens = try model.tokens([words.joined(separator: " ")], threads: 1)
            #expect(tokens.map(\.count) == [world.recipe.maxTokens])
        }
    }

    /// A tokenizer whose own tokens fill a text would leave no room for it.
    @Test func aTokenizerThatLeavesNoRoomForTextIsRefused() throws {
        try ToyWorld.with(changing: { $0.maxTokens = 3 }) { world in
            let folder = try world.movableBackbone()
            let item = #"{"SpecialToken":{"id":"x"}}"#
            let template =
                #"{"version":"1.0","pre_tokenizer":{"type":"BertPreTokenizer"},"normalizer":{"type":"BertNormalizer","#
                + #""clean_text":true,"handle_chinese_chars":true,"lowercase":true},"model":{"type":"WordPiece","#
                + #""unk_token":"u","continuing_subword_prefix":"","max_input_chars_per_word":9,"vocab":{"u":0}},"#
                + #""post_processor":{"type":"TemplateProcessing","single":[\#(item),\#(item),\#(item),"#
                + #"{"Sequence":{"id":"A"}}],"special_tokens":{"x":{"ids":[0],"tokens":["u"]}}}}"#
            try Data(template.utf8).write(to: folder.appending(path: "tokenizer.json"))
            // The toy's own files say other things of its tokens.
            for name in ["vocab.txt", "tokenizer_config.json"] {
                try FileManager.default.removeItem(at: folder.appending(path: name))
            }
            let model = try Model(world.recipe, backbone: folder, training: false)
            let error = #expect(throws: NetworkError.self) { try model.features(["rain"], threads: 1) }
            #expect(error == .noRoomForText(special: 3, limit: 3))
            #expect(error?.description.contains("raise `max_tokens`") == true)
        }
    }
}
