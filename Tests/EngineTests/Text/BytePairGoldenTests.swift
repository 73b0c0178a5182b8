import Engine
import Foundation
import Testing

/// Ids and texts against those that `tools/reference/byte_pairs_golden.py` made with the reference library.
@Suite struct BytePairGoldenTests {
    struct Golden: Decodable {
        struct Form: Decodable {
            let plain: [[Int32]]
            let parsed: [[Int32]?]
            let decoded: [String?]
        }
        let texts: [String]
        let forms: [String: Form]
    }

    static let folder = Fixture.tokenizer.appending(path: "byte-pairs")
    static let forms = ["gpt-2", "smollm", "qwen2", "llama-3", "llama-2", "metaspace"]

    private static func golden(_ name: String) throws -> (texts: [String], form: Golden.Form, tokenizer: Tokenizer) {
        let golden = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
        let form = try #require(golden.forms[name])
        return (golden.texts, form, try Tokenizer(folder: folder.appending(path: name)))
    }

    @Test(arguments: forms)
    func everyFormGivesTheReferenceIds(name: String) throws {
        let (texts, form, tokenizer) = try Self.golden(name)
        for (index, text) in texts.enumerated() {
            #expect(tokenizer.encode(text) == form.plain[index], "\(text.debugDescription)")
            let parsed = form.parsed[index] ?? form.plain[index]
            #expect(tokenizer.encode(text, parsingControl: true) == parsed, "\(text.debugDescription)")
        }
    }

    @Test(arguments: forms)
    func idsBecomeTheTextOfTheReference(name: String) throws {
        let (texts, form, tokenizer) = try Self.golden(name)
        for (index, text) in texts.enumerated() {
            let ids = form.parsed[index] ?? form.plain[index]
            let expected = form.decoded[index] ?? text
            #expect(
                tokenizer.decode(ids).unicodeScalars.elementsEqual(expected.unicodeScalars), "\(text.debugDescription)")
        }
    }

    @Test(arguments: forms)
    func tokensOneByOneBecomeTheSameTextAndNeverHalfACharacter(name: String) throws {
        let (texts, form, tokenizer) = try Self.golden(name)
        for index in texts.indices {
            let ids = form.parsed[index] ?? form.plain[index]
            var decoder = StreamingDecoder(tokenizer)
            var text = ""
            for id in ids {
                let more = decoder.next(id)
                #expect(texts[index].unicodeScalars.contains("\u{FFFD}") || !more.unicodeScalars.contains("\u{FFFD}"))
                text += more
            }
            text += decoder.finish()
            #expect(text.unicodeScalars.elementsEqual(tokenizer.decode(ids).unicodeScalars))
        }
    }

    /// A word that was merged before comes from the cache, and a long one is merged with a heap.
    @Test(arguments: forms)
    func aTextHasTheSameIdsAgainAndInsideALongOne(name: String) throws {
        let (texts, _, tokenizer) = try Self.golden(name)
        for text in texts { #expect(tokenizer.encode(text) == tokenizer.encode(text)) }
        let line = "the quick brown fox " + String(repeating: "ab", count: 400) + "\n"
        let whole = tokenizer.encode(String(repeating: line, count: 20))
        #expect(tokenizer.decode(whole) == String(repeating: line, count: 20))
    }

    @Test func bytesThatAreNoCharacterAreReplacedOnlyAtTheirEnd() throws {
        let (_, _, tokenizer) = try Self.golden("gpt-2")
        let emoji = tokenizer.encode("😀")
        try #require(emoji.count > 1)
        var decoder = StreamingDecoder(tokenizer)
        #expect(emoji.dropLast().allSatisfy { decoder.next($0).isEmpty })
        let letter = try #require(tokenizer.id(of: "x"))
        #expect(decoder.next(letter) == "\u{FFFD}x")
        #expect(decoder.finish().isEmpty)
        #expect(tokenizer.decode(emoji.dropLast() + [letter]) == "\u{FFFD}x")
    }
}
