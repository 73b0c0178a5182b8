import Foundation

@testable import Unlearning

/// Readers of records: of files that people write, and of the ones that a workspace keeps.
enum RecordsFuzz {
    private static let limit = 1 << 12

    private struct Outcome {
        var records: [Record] = []
        var lines: [Int] = []
        var isRefused = false
    }

    /// What is read is the same wherever the file is cut into pieces, and comes back from a workspace's own file.
    static func records(_ input: [UInt8], _ target: FuzzTarget) {
        let outcome = whole(input, target)
        switch target {
        case .csv, .tsv:
            let delimiter = UInt8(ascii: target == .csv ? "," : "\t")
            FuzzTarget.demand(rows(input, delimiter, step: 1) == rows(input, delimiter, step: 64), "pieces matter")
        default:
            let scanned = SegmentScanner.records(input)
            FuzzTarget.demand(
                outcome.isRefused
                    || scanned.map { $0.map(\.content.words) == outcome.records.map(\.content.words) } ?? true,
                "the two readers of a workspace's records differ")
        }
        guard !outcome.isRefused else { return }
        let kept = RecordSegment.encode(outcome.records)
        FuzzTarget.demand(
            SegmentScanner.records(kept).map(RecordSegment.encode) == kept, "a record changes when it is kept")
    }

    private static func whole(_ input: [UInt8], _ target: FuzzTarget) -> Outcome {
        var outcome = Outcome()
        let reader = RecordReader(columns: Columns(owner: "owner"), labels: .optional, maxRecordBytes: limit)
        do {
            try reader.forEach(file: FuzzTarget.file("input.\(target.rawValue)", input)) { raw, line in
                outcome.records.append(raw.labelled(0))
                outcome.lines.append(line)
            }
        } catch let error as RecordsError {
            FuzzTarget.refusal(error)
            FuzzTarget.demand(!error.description.isEmpty, "an error without a word")
            outcome.isRefused = true
        } catch {
            FuzzTarget.demand(false, "an error that is no RecordsError")
        }
        FuzzTarget.demand(zip(outcome.lines, outcome.lines.dropFirst()).allSatisfy { $0 < $1 }, "lines do not go up")
        return outcome
    }

    /// The rows of a file that arrives in pieces of one size, or the line and reason of its refusal.
    private static func rows(_ input: [UInt8], _ delimiter: UInt8, step: Int) -> [String] {
        var scanner = DelimitedScanner(delimiter: delimiter, maxRowBytes: limit)
        var rows: [String] = []
        let emit = { (row: FieldRow) in
            rows.append("\(row.line): \(row.ends) \(row.bytes)")
            return row.count > 1
        }
        do {
            for start in stride(from: 0, to: input.count, by: step) {
                try scanner.feed(Array(input[start..<min(start + step, input.count)]), emit)
            }
            try scanner.finish(emit)
        } catch {
            rows.append("\(error)")
        }
        return rows
    }
}
