internal import Foundation

/// The records of one slice as the bytes of one file: JSON Lines in canonical order (by rank, then id).
///
/// The bytes are a function of the records alone, so a slice that lost a record is the file of a slice that never had
/// it. It holds no cell, count or time. A record of a generation has its turns, the completion last, in place of label
/// and text.
enum RecordSegment {
    /// The bytes of a slice's records.
    static func encode(_ records: [Record]) -> [UInt8] {
        let attributes = RecordAttribute.all
        var bytes: [UInt8] = []
        for record in records {
            bytes += "{\"id\":".utf8
            JSONText.append(record.id.rawValue, to: &bytes)
            for attribute in attributes {
                if let value = record.attributes[keyPath: attribute.value] {
                    bytes += attribute.prefix
                    JSONText.append(value, to: &bytes)
                } else if attribute.isAlwaysWritten {
                    bytes += attribute.prefix
                    bytes += "null".utf8
                }
            }
            switch record.content {
            case .labelled(let text, let label):
                bytes += ",\"label\":\(label),\"text\":".utf8
                JSONText.append(text, to: &bytes)
            case .dialogue(let dialogue):
                bytes += ",\"messages\":".utf8
                bytes += dialogue.json
            }
            bytes += "}\n".utf8
        }
        return bytes
    }

    /// Reads a segment; bytes that are none are damage to the file at `path`.
    static func decode(
        _ bytes: [UInt8], path: String, task: Recipe.TaskKind = .classification
    ) throws -> [Record] {
        try SegmentScanner.records(bytes, task: task) ?? decodeGenerally(bytes, path: path, task: task)
    }

    /// The same by the reader of all JSON Lines: slower, and the judge of what `SegmentScanner` does not know.
    static func decodeGenerally(
        _ bytes: [UInt8], path: String, task: Recipe.TaskKind = .classification
    ) throws -> [Record] {
        var records: [Record] = []
        var columns = Columns(id: "id", text: "text", label: "label")
        if task == .generation { columns.dialogue = .messages("messages") }
        for attribute in RecordAttribute.all { columns[keyPath: attribute.column] = attribute.name }
        let reader = RecordReader(columns: columns, format: .jsonl, maxRecordBytes: .max)
        var (lines, rows) = (LineSplitter(maxLineBytes: .max), JSONRecords(reader: reader, file: path))
        func take(_ line: [UInt8], _ number: Int) throws {
            try rows.take(line, number) { raw, _ in
                if let dialogue = raw.dialogue { return records.append(raw.answered(dialogue)) }
                guard let label = raw.label.flatMap({ Int($0) }), label >= 0 else {
                    throw CorpusError.recordsDamaged(path: path)
                }
                records.append(raw.labelled(label))
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
