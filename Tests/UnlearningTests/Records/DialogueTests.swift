import Engine
import Foundation
import Testing

@testable import Unlearning

/// Prompts and completions: read strictly, kept whole, told apart by all that was said.
@Suite struct DialogueTests {
    private static let pair = RecordReader(columns: Columns(dialogue: .pair(prompt: "q", completion: "a")))
    private static let messages = RecordReader(columns: Columns(dialogue: .messages("m")))
    private static let secret = "violet"

    private func read(_ line: String, _ reader: RecordReader = pair) throws -> [Record] {
        try RecordsFixture.withFile("records.jsonl", Array((line + "\n").utf8)) { file in
            var records: [Record] = []
            try reader.forEach(file: file) { raw, _ in records.append(raw.answered(try #require(raw.dialogue))) }
            return records
        }
    }

    private func failure(_ line: String, _ reader: RecordReader = pair) -> RecordsError? {
        do {
            _ = try read(line, reader)
            return nil
        } catch {
            return error as? RecordsError
        }
    }

    @Test func aPairAndTheSameAsTurnsAreOneContent() throws {
        let one = try read(#"{"id": 1, "q": "Who?", "a": "Mara \"M\"\n"}"#)
        let other = try read(
            #"{"id": 1, "m": [ {"role":"user", "content":"Who?"}, {"content":"Mara \"M\"\n", "role":"assistant"} ]}"#,
            Self.messages)
        #expect(one.map(\.content.words) == other.map(\.content.words))
        #expect(
            one.map(\.content.words)
                == [#"[{"role":"user","content":"Who?"},{"role":"assistant","content":"Mara \"M\"\u000a"}]"#])
        let digests = RecordDigest(try WorkspaceKey(hexadecimal: String(repeating: "5a17", count: 16)))
        #expect(digests.digest(one[0]) == digests.digest(other[0]))
    }

    @Test func aWholeConversationIsThePrompt() throws {
        let records = try read(
            """
            {"id":"c","m":[{"role":"system","content":"Be brief."},{"role":"user","content":"One?"},\
            {"role":"assistant","content":"Yes."},{"role":"user","content":"Two?"},\
            {"role":"assistant","content":"No."}]}
            """, Self.messages)
        guard case .dialogue(let dialogue) = records[0].content else {
            Issue.record("no dialogue")
            return
        }
        #expect(dialogue.prompt.map(\.role) == [.system, .user, .assistant, .user])
        #expect(dialogue.prompt.map(\.content) == ["Be brief.", "One?", "Yes.", "Two?"])
        #expect(dialogue.completion == "No.")
    }

    @Test func whatIsNoConversationIsRefusedByLineAndPlace() {
        func refused(_ list: String, _ column: String, _ problem: RecordsError.Problem) {
            let error = failure(#"{"id":"\#(Self.secret)","m":\#(list)}"#, Self.messages)
            #expect(
                error?.line == 1 && error?.column == column && error?.problem == problem, "\(list): \(error as Any)")
            #expect(error?.description.contains(Self.secret) == false)
        }
        let answer = #"{"role":"assistant","content":"violet"}"#
        refused("[]", "m", .noTurns)
        refused(#""violet""#, "m", .wrongType(found: "a string", expected: "a list of turns"))
        refused(#"["violet"]"#, "m[0]", .strangeTurn)
        refused(#"[{"role":"user","content":"violet"}]"#, "m", .noAnswer)
        refused(#"[\#(answer)]"#, "m", .emptyPrompt)
        refused(#"[{"role":"user","content":"x"},{"role":"assistant","content":""}]"#, "m", .emptyCompletion)
        refused(#"[{"role":"violet","content":"x"},\#(answer)]"#, "m[0].role", .unknownRole(length: 6))
        refused(#"[{"role":"User","content":"x"},\#(answer)]"#, "m[0].role", .unknownRole(length: 4))
        refused(#"[{"role":"user"},\#(answer)]"#, "m[0]", .strangeTurn)
        refused(#"[{"role":"user","content":"x","name":"violet"},\#(answer)]"#, "m[0]", .strangeTurn)
        refused(
            #"[{"role":"user","content":null},\#(answer)]"#, "m[0].content",
            .wrongType(found: "null", expected: "a string"))
        refused(
            #"[{"role":"user","content":["violet"]},\#(answer)]"#, "m[0].content",
            .wrongType(found: "an array", expected: "a string"))
    }

    @Test func whatIsNoPairIsRefusedByLineAndColumn() {
        func refused(_ line: String, _ column: String, _ problem: RecordsError.Problem) {
            let error = failure(line)
            #expect(
                error?.line == 1 && error?.column == column && error?.problem == problem, "\(line): \(error as Any)")
        }
        refused(#"{"id":1,"q":"x","a":""}"#, "a", .emptyCompletion)
        refused(#"{"id":1,"q":"","a":"x"}"#, "q", .emptyPrompt)
        refused(#"{"id":1,"q":"x"}"#, "a", .missingKey(found: ["id", "q"]))
        refused(#"{"id":1,"q":"x","a":7}"#, "a", .wrongType(found: "a whole number", expected: "a string"))
        #expect(failure(#"{"id":1,"q":"x","a":"y","a":"z"}"#)?.problem == .malformedJSON(.duplicateKey))
    }

    @Test func tablesAreRefused() {
        for name in ["t.csv", "t.tsv"] {
            #expect(RecordsFixture.failure(name, "id,q,a\n1,x,y\n", Self.pair)?.problem == .linesOnly)
        }
    }

    @Test func aQuestionAloneIsReadWhereAnswersMayBeMissing() throws {
        var reader = Self.pair
        reader.labels = .optional
        #expect(try read(#"{"id":1,"q":"Who?"}"#, reader).map(\.content.words).count == 1)
        reader.columns = Self.messages.columns
        let records = try read(#"{"id":1,"m":[{"role":"user","content":"Who?"}]}"#, reader)
        guard case .dialogue(let dialogue) = records[0].content else {
            Issue.record("no dialogue")
            return
        }
        #expect(dialogue.prompt == [Turn(.user, "Who?")] && dialogue.completion.isEmpty)
    }

    private static let odd = ["x", "é\"\\\u{1}\n", "e\u{301}", "[{\"role\":\"user\",\"content\":\"\"}]", "\u{0}"]

    private static let records = odd.enumerated().flatMap { number, text in
        [
            Record(
                id: RecordID("a\(number)"), attributes: RecordAttributes(owner: "o\n", date: "2024-05-31", group: "g"),
                content: .dialogue(Dialogue(prompt: [Turn(.user, text)], completion: text))),
            Record(
                id: RecordID("b\(number)"),
                content: .dialogue(
                    Dialogue(
                        prompt: [Turn(.system, ""), Turn(.user, text), Turn(.assistant, ""), Turn(.user, "?")],
                        completion: text)))
        ]
    }

    @Test func aSliceComesBackByBothReaders() throws {
        let written = RecordSegment.encode(Self.records)
        let fast = try #require(SegmentScanner.records(written, task: .generation))
        #expect(RecordSegment.encode(fast) == written)
        let slow = try RecordSegment.decodeGenerally(written, path: "slice.jsonl", task: .generation)
        #expect(RecordSegment.encode(slow) == written)
        #expect(fast.map(\.content.words) == Self.records.map(\.content.words))
        // Of the other task it is damage, and so the other way round.
        #expect(throws: CorpusError.recordsDamaged(path: "s")) { try RecordSegment.decode(written, path: "s") }
        let labelled = RecordSegment.encode([Record(id: RecordID("a"), text: "x", label: 0)])
        #expect(throws: CorpusError.recordsDamaged(path: "s")) {
            try RecordSegment.decode(labelled, path: "s", task: .generation)
        }
    }

    @Test func noByteOfASliceMayChangeUnnoticed() throws {
        let written = RecordSegment.encode(Array(Self.records.prefix(3)))
        for place in written.indices {
            for byte in [UInt8(ascii: "x"), UInt8(ascii: "\""), UInt8(ascii: " "), 0x00] where byte != written[place] {
                var changed = written
                changed[place] = byte
                guard let fast = SegmentScanner.records(changed, task: .generation) else { continue }
                let slow = try RecordSegment.decodeGenerally(changed, path: "s", task: .generation)
                #expect(RecordSegment.encode(fast) == RecordSegment.encode(slow))
                #expect(RecordSegment.encode(fast) != written)
            }
        }
    }

    /// Whatever two records say differently, their digests differ: prompt, roles, cuts and completion are covered.
    @Test func theDigestCoversEverythingThatWasSaid() throws {
        let dialogues = [
            Dialogue(prompt: [Turn(.user, "ab")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "a")], completion: "bc"),
            Dialogue(prompt: [Turn(.system, "ab")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "a"), Turn(.user, "b")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "a"), Turn(.assistant, "b")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "ab"), Turn(.user, "")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "ab")], completion: "d"),
            Dialogue(prompt: [Turn(.user, "AB")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "é")], completion: "c"),
            Dialogue(prompt: [Turn(.user, "e\u{301}")], completion: "c")
        ]
        let key = try WorkspaceKey(hexadecimal: String(repeating: "5a17", count: 16))
        let records = dialogues.map { Record(id: RecordID("r"), content: .dialogue($0)) }
        #expect(Set(records.map { RecordDigest(key).digest($0) }).count == records.count)
        #expect(Set(records.map { RecordID($0.content.words) }).count == records.count)
        // Nor can a record of the other task have one of these digests.
        let text = Record(id: RecordID("r"), text: dialogues[0].json.reduce(into: "") { $0 += "\($1)" }, label: 1)
        #expect(!records.map { RecordDigest(key).digest($0) }.contains(RecordDigest(key).digest(text)))
    }

    @Test func conditionsOnLabelsAreRefusedWhereThereAreNone() throws {
        let recipe = try RecipeFixture.parse("task: generation\nbackbone: b\ndata: {train: [t.jsonl]}\n")
        let error = #expect(throws: DeletionError.self) { try RecordFilter("label=x", recipe) }
        guard case .noLabels = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
