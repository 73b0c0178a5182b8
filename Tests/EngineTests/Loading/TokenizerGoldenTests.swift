import Engine
import Foundation
import TestSupport
import Testing

/// Ids and words against golden files that `tools/reference/tokenizer_golden.py` made with the reference library.
@Suite struct TokenizerGoldenTests {
    /// A nasty text, full ids of the small models and hashes of the large one's.
    struct Case: Decodable {
        enum CodingKeys: String, CodingKey {
            case text
            case smallUncased = "small-uncased"
            case smallCased = "small-cased"
            case miniLM = "minilm"
            case miniLMIDs = "minilm-ids"
            case miniLMUncased = "minilm-uncased"
            case miniLMCased = "minilm-cased"
            case miniLMAccents = "minilm-accents"
        }
        let text: String
        let smallUncased: [Int32]
        let smallCased: [Int32]
        let miniLM: String
        let miniLMIDs: [Int32]?
        let miniLMUncased: String
        let miniLMCased: String
        let miniLMAccents: String
    }

    private static let cutNasty = 512
    private static let cutCorpus = 128

    private func nasty() throws -> [Case] {
        let data = try Data(contentsOf: Fixture.tokenizer.appending(path: "nasty.json"))
        return try JSONDecoder().decode([Case].self, from: data)
    }

    @Test func smallTokenizerFileGivesTheReferenceIds() throws {
        let tokenizer = try Tokenizer(folder: Fixture.tokenizer.appending(path: "small-uncased"))
        for nasty in try nasty() {
            #expect(
                tokenizer.encode(nasty.text, maximumTokens: Self.cutNasty) == nasty.smallUncased,
                "\(nasty.text.debugDescription)")
        }
    }

    @Test func smallVocabularyFileGivesTheReferenceIds() throws {
        let tokenizer = try Tokenizer(folder: Fixture.tokenizer.appending(path: "small-cased"))
        for nasty in try nasty() {
            #expect(
                tokenizer.encode(nasty.text, maximumTokens: Self.cutNasty) == nasty.smallCased,
                "\(nasty.text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("Hello   WORLD", "hello world"), ("unaffable\twanted RUNNING", "unaffable wanted running"), ("", ""),
        ("the fox[SEP] [MASK] Café", "the fox [MASK] Café")
    ])
    func theTextOfIdsHasTheWordsWithoutTheSpecialTokens(text: String, expected: String) throws {
        let tokenizer = try Tokenizer(folder: Fixture.tokenizer.appending(path: "small-uncased"))
        let ids = tokenizer.encode(text, maximumTokens: 64)
        #expect(tokenizer.decode(ids) == expected)
        #expect(tokenizer.decode(tokenizer.encode(expected, maximumTokens: 64)) == expected)
    }

    @Test func truncationKeepsAPrefixAndTheSpecialTokens() throws {
        let tokenizer = try Tokenizer(folder: Fixture.tokenizer.appending(path: "small-uncased"))
        for nasty in try nasty().prefix(40) {
            let whole = nasty.smallUncased
            for limit in 2...12 {
                let expected = whole.count <= limit ? whole : whole.prefix(limit - 1) + whole.suffix(1)
                #expect(tokenizer.encode(nasty.text, maximumTokens: limit) == expected)
            }
        }
    }

    /// Settings of the normalizer by the name of their golden file.
    static let settings: [(name: String, lowercase: Bool, strip: Bool?, chinese: Bool, clean: Bool)] = [
        ("uncased", true, nil, true, true), ("cased", false, nil, true, true), ("accents", true, false, true, true),
        ("stripped", false, true, true, true), ("raw", true, true, false, false)
    ]

    @Test(arguments: settings.indices)
    func everyScalarBecomesTheWordsOfTheReference(index: Int) throws {
        let setting = Self.settings[index]
        let normalizer = TextNormalizer(
            cleanText: setting.clean, handleChinese: setting.chinese, stripAccents: setting.strip,
            lowercase: setting.lowercase)
        let golden = try Fixture.hashes("scalars-\(setting.name)")
        let blocks = Array(0..<0x100) + Array(0x380..<0x440)  // of 1,024; planes 4 to 13 are unassigned
        try #require(golden.count == blocks.count)
        for (block, expected) in zip(blocks, golden) {
            var hash = FNV1a()
            for scalar in (UInt32(block) * 1024..<UInt32(block + 1) * 1024).compactMap(Unicode.Scalar.init) {
                for word in normalizer.words("a\(scalar)b") {
                    hash.add(word.utf8)
                    hash.add([0])
                }
            }
            #expect(hash.value == expected, "scalars from U+\(String(block * 1024, radix: 16))")
        }
    }

    @Test(.enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6"))
    func miniLMGivesTheReferenceIds() throws {
        let folder = try #require(TestData.miniLM)
        let tokenizer = try Tokenizer(folder: folder)
        #expect(tokenizer.vocabularySize == 30_522)
        for nasty in try nasty() {
            let ids = tokenizer.encode(nasty.text, maximumTokens: Self.cutNasty)
            #expect(FNV1a.hex(ids) == nasty.miniLM, "\(nasty.text.debugDescription)")
            if let expected = nasty.miniLMIDs { #expect(ids == expected) }
        }
    }

    @Test(
        .enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6"),
        arguments: [
            ("{}", \Case.miniLMUncased), (#"{"do_lower_case":false}"#, \Case.miniLMCased),
            (#"{"strip_accents":false}"#, \Case.miniLMAccents)
        ] as [(String, any KeyPath<Case, String> & Sendable)])
    func miniLMVocabularyAloneGivesTheReferenceIds(
        configuration: String, golden: any KeyPath<Case, String> & Sendable
    ) throws {
        let source = try #require(TestData.miniLM)
        try Fixture.withFolder { folder in
            try Data(contentsOf: source.appending(path: "vocab.txt")).write(to: folder.appending(path: "vocab.txt"))
            try Data(configuration.utf8).write(to: folder.appending(path: "tokenizer_config.json"))
            let tokenizer = try Tokenizer(folder: folder)
            for nasty in try nasty() {
                let ids = tokenizer.encode(nasty.text, maximumTokens: Self.cutNasty)
                #expect(FNV1a.hex(ids) == nasty[keyPath: golden], "\(nasty.text.debugDescription)")
            }
        }
    }

    @Test(
        .enabled(
            if: TestData.miniLM != nil && TestData.banking77 != nil,
            "needs .downloads/minilm-l6 and banking77 (SISA_BANKING77)"),
        arguments: ["train", "test"])
    func banking77GivesTheReferenceIds(part: String) throws {
        let file = try #require(TestData.banking77).appending(path: "\(part).csv")
        try compare(try DelimitedText.column("text", of: file, delimiter: ","), with: "banking77-\(part)")
    }

    @Test(
        .enabled(
            if: TestData.miniLM != nil && TestData.drugReviews != nil,
            "needs .downloads/minilm-l6 and .downloads/drug-reviews"),
        arguments: ["Train", "Test"])
    func drugReviewsGiveTheReferenceIds(part: String) throws {
        let file = try #require(TestData.drugReviews).appending(path: "drugsCom\(part).tsv")
        try compare(
            try DelimitedText.column("review", of: file, delimiter: "\t"), with: "drugs-\(part.lowercased())")
    }

    private func compare(_ texts: [String], with name: String) throws {
        let tokenizer = try Tokenizer(folder: try #require(TestData.miniLM))
        let golden = try Fixture.hashes(name)
        try #require(texts.count == golden.count)
        let hashes = texts.map { FNV1a.of(tokenizer.encode($0, maximumTokens: Self.cutCorpus)) }
        let wrong = hashes.indices.filter { hashes[$0] != golden[$0] }
        #expect(wrong.isEmpty, "texts whose ids differ: \(wrong.prefix(20))")
    }
}
