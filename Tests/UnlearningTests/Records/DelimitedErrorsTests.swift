import Testing

@testable import Unlearning

@Suite struct DelimitedErrorsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var contents: String
        var line: Int?
        var column: String?
        var problem: RecordsError.Problem
        var testDescription: String { contents.debugDescription }

        init(_ contents: String, _ line: Int?, _ column: String?, _ problem: RecordsError.Problem) {
            (self.contents, self.line, self.column, self.problem) = (
                contents, line, column, problem
            )
        }

        init(_ contents: String, _ line: Int?, _ problem: RecordsError.Problem) {
            self.init(contents, line, nil, problem)
        }
    }

    @Test(arguments: [
        Case("", nil, .emptyFile),
        Case("\u{FEFF}", nil, .emptyFile),
        Case("\n\r\n\n", nil, .emptyFile),
        Case("id,text,label", nil, .noRecords),
        Case("id,text,label\r\n\r\n", nil, .noRecords),
        Case("id,text,id,label\nr,a,r,x\n", 1, "id", .duplicateColumn),
        Case("id,text,text,label\nr,a,b,x\n", 1, "text", .duplicateColumn),
        Case("id,txt,label\nr,a,x\n", 1, "text", .missingColumn(found: ["id", "txt", "label"])),
        Case("id,text\nr,a\n", 1, "label", .missingColumn(found: ["id", "text"])),
        Case("id,text,label\nr,a,x\nr2,a\n", 3, .wrongFieldCount(found: 2, expected: 3)),
        Case("id,text,label\nr,a,b,x\n", 2, .wrongFieldCount(found: 4, expected: 3)),
        Case("id,text,label\nr,a,x,\n", 2, .wrongFieldCount(found: 4, expected: 3)),
        Case("id,text,label\nr,\"a\nb\",x\nr2,\"a\nb,x\n\n", 4, .unterminatedQuote),
        Case("id,text,label\nr,a\"b,x\n", 2, .quoteInsideField),
        Case("id,text,label\nr, \"a\",x\n", 2, .quoteInsideField),
        Case("id,text,label\nr,\"a\nb\"c,x\n", 3, .textAfterQuote),
        Case("id,text,label\nr,a\rb,x\n", 2, .strayCarriageReturn),
        Case("id,text,label\rr,a,x\r", 1, .strayCarriageReturn),
        Case("id,text,label\nr,a,x\r", 2, .strayCarriageReturn),
        Case("id,text,label\nr,,x\n", 2, "text", .emptyText),
        Case("id,text,label\nr,\"\",x\n", 2, "text", .emptyText),
        Case("id,text,label\nr,a,x\n\n,a,x\n", 4, "id", .emptyID),
        Case("id,text,label\nr,a,\n", 2, "label", .emptyLabel)
    ])
    func isRefusedAtItsPlace(_ item: Case) throws {
        let error = try #require(RecordsFixture.failure("bad.csv", item.contents))
        #expect(error.line == item.line)
        #expect(error.column == item.column)
        #expect(error.problem == item.problem)
        #expect(error.file.hasSuffix("/bad.csv"))
    }

    @Test func invalidUTF8IsRefusedOnItsOwnLine() {
        let header = Array("id,text,label\n".utf8)
        let row = Array("r1,\"one\ntwo ".utf8) + [0xC3] + Array("\",x\n".utf8)
        let error = RecordsFixture.failure("bad.csv", header + row)
        #expect(error?.problem == .invalidUTF8)
        #expect(error?.line == 3)
        #expect(error?.column == "text")
        #expect(RecordsFixture.failure("bad.csv", [0x69, 0xFF] + header)?.line == 1)
        // UTF-16, as spreadsheets write it.
        let wide = Array("id,text".utf16).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        #expect(RecordsFixture.failure("bad.csv", [0xFF, 0xFE] + wide)?.problem == .invalidUTF8)
    }

    @Test func aColumnThatIsNotUsedMustBeUTF8Too() {
        let bytes = Array("id,text,label,note\nr1,a,x,\"\n".utf8) + [0xFF, 0x22, 0x0A]
        let error = RecordsFixture.failure("bad.csv", bytes)
        #expect(error?.problem == .invalidUTF8)
        #expect(error?.line == 3)
    }

    @Test func aMissingColumnIsAnsweredWithTheNearestOne() throws {
        let error = try #require(RecordsFixture.failure("bad.csv", "id,texts,label\nr,a,x\n"))
        #expect(error.description.contains("Did you mean `texts`?"))
        #expect(error.description.contains("`id`, `texts`, `label`"))
    }

    /// A file without a header has its first record where the names should be.
    @Test func aRecordInPlaceOfTheHeaderIsNotQuoted() throws {
        let secret = "my own long story that nobody else should ever get to read"
        let error = try #require(RecordsFixture.failure("bad.csv", "r1,\(secret),x\nr2,b,y\n"))
        #expect(error.column == "id")
        #expect(!error.description.contains("story"))
    }

    @Test func aRecordAboveTheLimitIsRefusedWhereItBegins() throws {
        let reader = RecordReader(columns: Columns(), maxRecordBytes: 50)
        let long = String(repeating: "x", count: 60)
        for field in [long, "\"\(long)\"", "\"a\n\(long)"] {
            let error = try #require(
                RecordsFixture.failure("bad.csv", "id,text,label\nr,a,x\nr2,\(field),x\n", reader))
            #expect(error.problem == .recordTooLong(limit: 50))
            #expect(error.line == 3)
        }
        let commas = RecordsFixture.failure(
            "bad.csv", "id,text,label\n" + String(repeating: ",", count: 60), reader)
        #expect(commas?.problem == .recordTooLong(limit: 50))
    }

    @Test func aFileWithoutLineBreaksEndsAtTheLimit() {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
        for name in ["long.csv", "long.tsv", "long.jsonl"] {
            let error = RecordsFixture.failure(name, bytes)
            #expect(error?.problem == .recordTooLong(limit: 1 << 20))
            #expect(error?.line == 1)
        }
    }
}
