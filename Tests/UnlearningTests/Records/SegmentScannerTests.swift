import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The fast way to read a file of records gives what the general one gives, or nothing.
@Suite struct SegmentScannerTests {
    private func general(_ bytes: [UInt8]) -> [Record]? {
        try? RecordSegment.decodeGenerally(bytes, path: "slice.jsonl")
    }

    private func bytes(_ records: [Record]?) -> [UInt8]? { records.map(RecordSegment.encode) }

    private static let odd = [
        "a", "\"", "\\", "\\\"", "\u{0}", "\u{1F}\u{7F}", "tab\tline\nfeed\r", "é", "e\u{301}", "\u{FEFF}", "日本語",
        "\u{10FFFF}", "\\u0041", "{\"id\":\"x\"}\n", String(repeating: "long ", count: 500)
    ]

    @Test func everyTextComesBackAsItWas() throws {
        var records: [Record] = []
        for (index, text) in Self.odd.enumerated() {
            for owner in [nil, Self.odd[(index + 3) % Self.odd.count]] {
                records.append(
                    Record(
                        id: RecordID(text + "\(records.count)"), attributes: RecordAttributes(owner: owner), text: text,
                        label: index * 1000))
            }
        }
        let written = RecordSegment.encode(records)
        let read = try #require(SegmentScanner.records(written))
        #expect(read.count == records.count)
        #expect(RecordSegment.encode(read) == written)
        let slow = bytes(general(written))
        #expect(slow == written)
    }

    // Every byte of a file, replaced, left out and doubled.
    @Test func aFileThatIsReadTheFastWayIsReadTheSameWayByTheGeneralReader() throws {
        let records = [
            Record(id: RecordID("a"), text: "é\"\\\u{1}", label: 0),
            Record(id: RecordID("b2"), attributes: RecordAttributes(owner: "o\n"), text: "x", label: 10)
        ]
        let written = RecordSegment.encode(records)
        let replacements: [UInt8] = [0, 0x0A, 0x0D, 0x20, 0x22, 0x30, 0x31, 0x5C, 0x61, 0x66, 0x75, 0x7D, 0xC3, 0xFF]
        var accepted = 0
        for index in written.indices {
            var variants = replacements.map { byte in
                var changed = written
                changed[index] = byte
                return changed
            }
            variants.append(Array(written[..<index] + written[(index + 1)...]))
            variants.append(Array(written[...index] + written[index...]))
            variants.append(Array(written[..<index]))
            for variant in variants {
                guard let fast = SegmentScanner.records(variant) else { continue }
                accepted += 1
                let slow = bytes(general(variant))
                #expect(slow == bytes(fast), "byte \(index)")
            }
        }
        #expect(accepted > 100)
    }

    @Test func anythingElseIsLeftToTheGeneralReader() {
        let line = "{\"id\":\"a\",\"owner\":null,\"label\":1,\"text\":\"x\"}"
        #expect(SegmentScanner.records(Array((line + "\n").utf8))?.count == 1)
        let others = [
            "", line, line + "\r\n", " " + line + "\n", line + "\n\n", line.replacing("\"a\"", with: "\"\"") + "\n",
            line.replacing("1", with: "01") + "\n", line.replacing("1", with: "-1") + "\n",
            line.replacing("\"x\"", with: "\"\\u0041\"") + "\n", line.replacing("\"x\"", with: "\"\\n\"") + "\n",
            line.replacing("null", with: "\"\"") + "\n", line.replacing("1", with: "\"1\"") + "\n",
            line.replacing("1", with: "99999999999999999999") + "\n"
        ]
        for other in others { #expect(SegmentScanner.records(Array(other.utf8)) == nil, "\(other)") }
    }
}
