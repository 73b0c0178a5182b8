internal import Foundation

/// The records of one slice as the bytes of one file: JSON Lines in canonical order (by rank, then id).
///
/// The bytes are a function of the records alone, so a slice that lost a record is the file of a slice that never had it. It holds no
/// cell, count or time.
enum RecordSegment {
    static func encode(_ records: [Record]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records {
            bytes += "{\"id\":".utf8
            append(record.id.rawValue, to: &bytes)
            bytes += ",\"owner\":".utf8
            if let owner = record.owner {
                append(owner, to: &bytes)
            } else {
                bytes += "null".utf8
            }
            if let date = record.date {
                bytes += ",\"date\":".utf8
                append(date, to: &bytes)
            }
            if let group = record.group {
                bytes += ",\"group\":".utf8
                append(group, to: &bytes)
            }
            bytes += ",\"label\":\(record.label),\"text\":".utf8
            append(record.text, to: &bytes)
            bytes += "}\n".utf8
        }
        return bytes
    }

    /// A JSON string: quotes, backslashes and control characters escaped, everything else as it is.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Reads a segment; bytes that are none are damage to the file at `path`.
    static func decode(_ bytes: [UInt8], path: String) throws -> [Record] {
        try SegmentScanner.records(bytes) ?? decodeGenerally(bytes, path: path)
    }

    /// The same by the reader of all JSON Lines: slower, and the judge of what `SegmentScanner` does not know.
    static func decodeGenerally(_ bytes: [UInt8], path: String) throws -> [Record] {
        var records: [Record] = []
        let reader = RecordReader(
            columns: Columns(
                id: "id", text: "text", label: "label", owner: "owner", date: "date", group: "group"),
            format: .jsonl, maxRecordBytes: .max)
        var (lines, rows) = (LineSplitter(maxLineBytes: .max), JSONRecords(reader: reader, file: path))
        func take(_ line: [UInt8], _ number: Int) throws {
            try rows.take(line, number) { raw, _ in
                guard let label = raw.label.flatMap({ Int($0) }), label >= 0 else {
                    throw CorpusError.recordsDamaged(path: path)
                }
                records.append(
                    Record(
                        id: raw.id, owner: raw.owner, date: raw.date, group: raw.group, text: raw.text, label: label))
            }
        }
        do {
            try lines.feed(bytes, take)
            try lines.finish(take)
        } catch is RecordsError {
            throw CorpusError.recordsDamaged(path: path)
        }
        return records
    }
}
