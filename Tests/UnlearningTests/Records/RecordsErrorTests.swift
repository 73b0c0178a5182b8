import Testing

@testable import Unlearning

@Suite struct RecordsErrorTests {
    private static let canary = "kanarienvogel"

    /// Every way a record can be wrong, with a word in it that no message may repeat.
    @Test(arguments: [
        ("a.csv", "id,text,label\n\(canary),\(canary),\(canary),\(canary)\n"),
        ("a.csv", "id,text,label\n\(canary),\"\(canary)\n"),
        ("a.csv", "id,text,label\n\(canary),\(canary)\"\(canary),x\n"),
        ("a.csv", "id,text,label\n\(canary),\"\(canary)\"\(canary),x\n"),
        ("a.csv", "id,text,label\n\(canary),\(canary)\r\(canary),x\n"),
        ("a.csv", "id,text,label\n\(canary),,\(canary)\n"),
        ("a.jsonl", "{\"id\":\"\(canary)\",\"text\":5,\"label\":\"\(canary)\"}"),
        ("a.jsonl", "{\"id\":\"\(canary)\",\"text\":\"\(canary)\\x\",\"label\":\"\(canary)\"}"),
        ("a.jsonl", "{\"id\":\"\(canary)\",\"text\":\"\(canary)"),
        ("a.jsonl", "\(canary)")
    ])
    func noMessageRepeatsARecord(name: String, contents: String) throws {
        let error = try #require(RecordsFixture.failure(name, contents))
        #expect(!error.description.contains(Self.canary))
        #expect(!"\(error.problem)".contains(Self.canary))
        #expect(error.description.hasSuffix("."))
        let line = try #require(error.line)
        #expect(error.description.contains("/\(name):\(line): "))
    }

    @Test func labelsAreFoundByNameAndStrangersAreNotQuoted() throws {
        let index = LabelIndex(["negative", "positive", "caf\u{E9}"])
        #expect(index["positive"] == 1)
        #expect(index["cafe\u{301}"] == 2)
        let raw = RawRecord(id: RecordID("r"), attributes: RecordAttributes(owner: "o"), text: "t", label: "negativ")
        let error = #expect(throws: RecordsError.self) {
            try index.record(raw, file: "a.csv", line: 7, column: "label")
        }
        #expect(
            error?.problem == .unknownLabel(length: 7, labels: index.labels, suggestion: "negative")
        )
        #expect(error?.line == 7)
        let story = RawRecord(id: RecordID("r"), text: "t", label: Self.canary)
        let other = #expect(throws: RecordsError.self) {
            try index.record(story, file: "a.csv", line: 7, column: "label")
        }
        #expect(other?.description.contains(Self.canary) == false)
        let found = try index.record(
            RawRecord(id: RecordID("r"), attributes: RecordAttributes(owner: "o"), text: "t", label: "negative"),
            file: "",
            line: 1, column: "")
        #expect(
            found.content.label == 0 && found.owner == "o" && found.id == RecordID("r") && found.content.words == "t"
        )
    }
}
