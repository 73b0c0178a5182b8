import Testing

@testable import Unlearning

@Suite struct JSONRecordsTests {
    private let owned = RecordReader(columns: Columns(owner: "who"))

    @Test func readsStringsEscapesAndExtraKeys() throws {
        let line =
            #"{"x":[1,{"a":null}],"label":"\u006eo","text":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000","id":"r1"}"#
        let records = try RecordsFixture.read("a.jsonl", "\u{FEFF}\n  \t\r\n" + line + "\r\n \n")
        #expect(records == ["3:r1|-|a\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}\u{0}|no"])
    }

    @Test func wholeNumbersKeepTheirDigits() throws {
        let contents = """
            {"id":123456789012345678901234567890,"text":"a","label":-0,"who":7}
            {"id":9007199254740993,"text":"b","label":1,"who":null}
            {"id":"9007199254740993","text":"c","label":"1","who":""}
            """
        let records = try RecordsFixture.read("a.ndjson", contents, owned)
        #expect(
            records == [
                "1:123456789012345678901234567890|7|a|-0", "2:9007199254740993|-|b|1",
                "3:9007199254740993|-|c|1"
            ])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var line: String
        var column: String?
        var problem: RecordsError.Problem
        var testDescription: String { String(line.prefix(60)) }

        init(_ line: String, _ column: String?, _ problem: RecordsError.Problem) {
            (self.line, self.column, self.problem) = (line, column, problem)
        }

        init(_ line: String, _ problem: RecordsError.Problem) {
            self.init(line, nil, problem)
        }
    }

    private static let word = "a string or a whole number"

    @Test(arguments: [
        Case(#"{"id":"r","text":"a"}"#, "label", .missingKey(found: ["id", "text"])),
        Case(
            #"{"id":"r","txt":"a","label":"x"}"#, "text",
            .missingKey(found: ["id", "txt", "label"])),
        Case(#"{"id":"r","text":"","label":"x"}"#, "text", .emptyText),
        Case(#"{"id":"","text":"a","label":"x"}"#, "id", .emptyID),
        Case(#"{"id":"r","text":"a","label":""}"#, "label", .emptyLabel),
        Case(
            #"{"id":"r","text":5,"label":"x"}"#, "text",
            .wrongType(found: "a whole number", expected: "a string")),
        Case(
            #"{"id":"r","text":null,"label":"x"}"#, "text",
            .wrongType(found: "null", expected: "a string")),
        Case(
            #"{"id":"r","text":["a"],"label":"x"}"#, "text",
            .wrongType(found: "an array", expected: "a string")),
        Case(
            #"{"id":1.0,"text":"a","label":"x"}"#, "id",
            .wrongType(found: "a number with a fraction or exponent", expected: word)),
        Case(
            #"{"id":1e3,"text":"a","label":"x"}"#, "id",
            .wrongType(found: "a number with a fraction or exponent", expected: word)),
        Case(
            #"{"id":true,"text":"a","label":"x"}"#, "id",
            .wrongType(found: "true or false", expected: word)),
        Case(
            #"{"id":"r","text":"a","label":{}}"#, "label",
            .wrongType(found: "an object", expected: word)),
        Case(
            #"{"id":"r","text":"a","label":null}"#, "label",
            .wrongType(found: "null", expected: word)),
        Case(#"{"id":"r","id":"s","text":"a","label":"x"}"#, .malformedJSON(.duplicateKey)),
        Case(#"{"id":"r","\u0069d":"s","text":"a","label":"x"}"#, .malformedJSON(.duplicateKey)),
        Case(
            #"{"id":"r","text":"\ud800","label":"x"}"#, .malformedJSON(.loneSurrogate(offset: 18))),
        Case(
            #"{"id":"r","text":"\udc00\ud800","label":"x"}"#,
            .malformedJSON(.loneSurrogate(offset: 18))),
        Case(
            #"{"id":"r","text":"\ud800\u0041","label":"x"}"#,
            .malformedJSON(.loneSurrogate(offset: 18))),
        Case(#"{"id":"r","text":"\x41","label":"x"}"#, .malformedJSON(.badEscape(offset: 18))),
        Case(#"{"id":"r","text":"\u00g1","label":"x"}"#, .malformedJSON(.badEscape(offset: 18))),
        Case(
            "{\"id\":\"r\",\"text\":\"a\tb\",\"label\":\"x\"}",
            .malformedJSON(.controlCharacter(offset: 19))),
        Case(#"{"id":01,"text":"a","label":"x"}"#, .malformedJSON(.unexpectedByte(offset: 7))),
        Case(#"{"id":-,"text":"a","label":"x"}"#, .malformedJSON(.badNumber(offset: 6))),
        Case(#"{"id":NaN,"text":"a","label":"x"}"#, .malformedJSON(.unexpectedByte(offset: 6))),
        Case(#"{"id":+1,"text":"a","label":"x"}"#, .malformedJSON(.unexpectedByte(offset: 6))),
        Case(#"{"id":"r","text":"a","label":"x",}"#, .malformedJSON(.unexpectedByte(offset: 33))),
        Case(#"{"id":"r","text":"a","label":"x"}]"#, .malformedJSON(.textAfterObject(offset: 33))),
        Case(#"{"id":"r","text":"a","label":"x""#, .malformedJSON(.unexpectedEnd)),
        Case(#"{"id":"r","text":"a"#, .malformedJSON(.unexpectedEnd)),
        Case(#"[{"id":"r"}]"#, .malformedJSON(.notAnObject)),
        Case("nonsense", .malformedJSON(.notAnObject)),
        Case(
            "{\"x\":" + String(repeating: "[", count: 100_000), .malformedJSON(.tooDeep(limit: 64))),
        Case(
            "{\"x\":" + String(repeating: "{\"x\":", count: 100_000),
            .malformedJSON(.tooDeep(limit: 64)))
    ])
    func isRefusedAtItsLine(_ item: Case) throws {
        let good = #"{"id":"r0","text":"a","label":"x"}"# + "\n\n"
        let error = try #require(RecordsFixture.failure("bad.jsonl", good + item.line + "\n"))
        #expect(error.line == 3)
        #expect(error.column == item.column)
        #expect(error.problem == item.problem)
    }

    @Test func invalidUTF8AndEmptyFilesAreRefused() {
        let bytes =
            Array(#"{"id":"r","text":"a"#.utf8) + [0xED, 0xA0, 0x80]
            + Array(#"","label":"x"}"#.utf8)
        #expect(RecordsFixture.failure("bad.jsonl", bytes)?.problem == .invalidUTF8)
        #expect(RecordsFixture.failure("bad.jsonl", "")?.problem == .emptyFile)
        #expect(RecordsFixture.failure("bad.jsonl", "\n \n")?.problem == .emptyFile)
    }

    @Test func aLineAboveTheLimitIsRefusedAndOneAtTheLimitIsRead() throws {
        let line = #"{"id":"r","text":"aaaa","label":"x"}"#
        let exact = RecordReader(columns: Columns(), maxRecordBytes: line.utf8.count)
        #expect(try RecordsFixture.read("a.jsonl", line + "\n" + line, exact).count == 2)
        let below = RecordReader(columns: Columns(), maxRecordBytes: line.utf8.count - 1)
        let error = RecordsFixture.failure("a.jsonl", "\n" + line, below)
        #expect(error?.problem == .recordTooLong(limit: line.utf8.count - 1))
        #expect(error?.line == 2)
    }
}
