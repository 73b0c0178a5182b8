import Testing

@testable import Unlearning

@Suite struct DelimitedRecordsTests {
    @Test func readsQuotesBreaksAndDoubledQuotes() throws {
        let records = try RecordsFixture.read(
            "a.csv", "id,text,label\nr1,\"a, \"\"b\"\"\r\nc\",x\nr2,plain,y\n")
        #expect(records == ["2:r1|-|a, \"b\"\r\nc|x", "4:r2|-|plain|y"])
    }

    @Test(arguments: [
        "id,text,label\nr1,a,x\nr2,b,y\n",
        "id,text,label\nr1,a,x\nr2,b,y",
        "id,text,label\r\nr1,a,x\r\nr2,b,y\r\n",
        "id,text,label\r\nr1,a,x\r\nr2,b,y",
        "\u{FEFF}id,text,label\nr1,a,x\nr2,b,y\n",
        "\u{FEFF}\"id\",\"text\",\"label\"\n\"r1\",\"a\",\"x\"\nr2,b,\"y\"",
        "label,extra,text,id\nx,,a,r1\ny,\"q,\n\",b,r2\n".replacing("q,\n", with: "q,")
    ])
    func endingsByteOrderMarksAndColumnOrderMakeNoDifference(contents: String) throws {
        #expect(try RecordsFixture.read("a.csv", contents) == ["2:r1|-|a|x", "3:r2|-|b|y"])
    }

    @Test func columnsThatNobodyNamesMayHaveAnyName() throws {
        let contents = "id,text,note,label,note,,,\nr1,a,n,x,m,,1,\nr2,b,,y,,,,\n"
        #expect(try RecordsFixture.read("a.csv", contents) == ["2:r1|-|a|x", "3:r2|-|b|y"])
        let unnamed = RecordReader(columns: Columns(id: ""))
        #expect(RecordsFixture.failure("a.csv", contents, unnamed)?.problem == .duplicateColumn)
    }

    @Test func withoutQuotingAQuoteIsALetter() throws {
        let contents = "id\ttext\tlabel\nr1\t\"a\tx\nr2\tb \"c\" d\t\"y\"\r\nr3\t\"\tx"
        for size in 1...contents.utf8.count {
            var rows: [[String]] = []
            var scanner = DelimitedScanner(delimiter: UInt8(ascii: "\t"), quoting: .none, maxRowBytes: 100)
            func take(_ row: FieldRow) -> Bool {
                rows.append((0..<row.count).map { String(decoding: row[$0], as: UTF8.self) })
                return true
            }
            let bytes = Array(contents.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try scanner.feed(Array(bytes[start..<min(start + size, bytes.count)]), take)
            }
            try scanner.finish(take)
            #expect(
                rows == [["id", "text", "label"], ["r1", "\"a", "x"], ["r2", "b \"c\" d", "\"y\""], ["r3", "\"", "x"]])
        }
        let reader = RecordReader(columns: Columns(), quoting: .none)
        #expect(try RecordsFixture.read("a.tsv", contents, reader).count == 3)
        #expect(RecordsFixture.failure("a.tsv", contents)?.problem == .textAfterQuote)
    }

    @Test func emptyLinesAreNoRecordsButCountAsLines() throws {
        let records = try RecordsFixture.read("a.csv", "id,text,label\n\nr1,a,x\n\r\nr2,b,y\n\n\n")
        #expect(records == ["3:r1|-|a|x", "5:r2|-|b|y"])
    }

    @Test func tabsSeparateAndTheIdColumnMayHaveNoName() throws {
        let columns = Columns(id: "", text: "review", label: "rating", owner: "drug")
        let records = try RecordsFixture.read(
            "a.tsv", "\tdrug\treview\trating\n7\tX, Y\t\"\"\"Good\"\"\"\t9.0\n8\t\tbad\t1\n",
            RecordReader(columns: columns))
        #expect(records == ["2:7|X, Y|\"Good\"|9.0", "3:8|-|bad|1"])
    }

    @Test func formulasNULsAndBlanksAreKeptByteForByte() throws {
        let records = try RecordsFixture.read("a.csv", "id,text,label\n =1 ,=cmd()|'x'!A0, \u{0}\n")
        #expect(records == ["2: =1 |-|=cmd()|'x'!A0| \u{0}"])
    }

    @Test func aRowNumberServesAsId() throws {
        let reader = RecordReader(columns: Columns(id: Columns.rowNumber), labels: .optional)
        #expect(
            try RecordsFixture.read("a.csv", "text\na\n\"b\nc\"\nd\n", reader) == [
                "2:1|-|a|-", "3:2|-|b\nc|-", "5:3|-|d|-"
            ])
        #expect(
            try RecordsFixture.read("a.csv", "text,label\n\na,\nb,x\n", reader) == [
                "3:1|-|a|-", "4:2|-|b|x"
            ])
        #expect(
            try RecordsFixture.read(
                "a.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\",\"label\":null}", reader) == [
                    "1:1|-|a|-", "3:2|-|b|-"
                ])
    }

    @Test func theRecipesFormatOverridesTheExtension() throws {
        let reader = RecordReader(columns: Columns(), format: .tsv)
        #expect(
            try RecordsFixture.read("a.txt", "id\ttext\tlabel\nr\ta,b\tx\n", reader) == [
                "2:r|-|a,b|x"
            ])
    }

    /// Random fields, quoted where they must be and sometimes where they need not be, come back as they were.
    @Test func randomTablesComeBack() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "\"", ",", "\n", "\r\n", "\t", " ", "é", "\u{1F600}", "\u{0}", "\r", ""]
        for _ in 0..<200 {
            var contents = "id,text,label\n"
            var expected: [[String]] = []
            for row in 0..<Int.random(in: 1...6, using: &random) {
                let field = {
                    (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
                }
                let fields = ["r\(row)" + field(), "t" + field(), "l" + field()]
                let written = fields.map { field in
                    let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
                    guard needsQuotes || Bool.random(using: &random) else { return field }
                    return "\"" + field.replacing("\"", with: "\"\"") + "\""
                }
                contents +=
                    written.joined(separator: ",") + (Bool.random(using: &random) ? "\n" : "\r\n")
                expected.append(fields)
            }
            var found: [[String]] = []
            try RecordsFixture.withFile("a.csv", Array(contents.utf8)) { file in
                try RecordReader(columns: Columns()).forEach(file: file) { record, _ in
                    found.append([record.id.rawValue, record.text, record.label ?? ""])
                }
            }
            #expect(
                found.map { $0.map { Array($0.utf8) } }
                    == expected.map { $0.map { Array($0.utf8) } })
        }
    }

    /// Where a chunk ends must not matter: every split of a file that has every kind of ending in it.
    @Test func chunksMayEndAnywhere() throws {
        let bytes = Array("a,\"b\"\r\n\"c\"\"\nd\",\r\n\r\n,\"\"\nlast,\"é\"".utf8)
        func rows(_ chunks: [[UInt8]]) throws -> [[String]] {
            var scanner = DelimitedScanner(delimiter: UInt8(ascii: ","), maxRowBytes: 100)
            var rows: [[String]] = []
            let emit = { (row: FieldRow) in
                rows.append(
                    (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) } + [
                        "\(row.line)"
                    ])
                return true
            }
            for chunk in chunks { try scanner.feed(chunk, emit) }
            try scanner.finish(emit)
            return rows
        }
        let whole = try rows([bytes])
        #expect(
            whole == [["a", "b", "1"], ["c\"\nd", "", "2"], ["", "", "5"], ["last", "é", "6"]])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let chunks = [
                    Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])
                ]
                #expect(try rows(chunks) == whole)
            }
        }
    }
}
