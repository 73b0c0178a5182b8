internal import Foundation

/// The records of one slice as the bytes of one file: JSON Lines in canonical order (by rank, then id).
///
/// The bytes are a function of the records alone, so a slice that lost a record is the file of a slice that never had
/// it. It holds no cell, count or time.
enum RecordSegment {
    /// The bytes of a slice's records.
    static func encode(_ records: [Record]) -> [UInt8] {
        let attributes = RecordAttribute.all
        var bytes: [UInt8] = []
        for record in records {
            bytes += "{\"id\":".utf8
            append(record.id.rawValue, to: &bytes)
            for attribute in attributes {
                if let value = record.attributes[keyPath: attribute.value] {
                    bytes += attribute.prefix
                    append(value, to: &bytes)
                } else if attribute.isAlwaysWritten {
                    bytes += attribute.prefix
                    bytes += "null".utf8
                }
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
        var columns = Columns(id: "id", text: "text", label: "label")
        for attribute in RecordAttribute.all { columns[keyPath: attribute.column] = attribute.name }
        let reader = RecordReader(columns: columns, format: .jsonl, maxRecordBytes: .max)
        var (lines, rows) = (LineSplitter(maxLineBytes: .max), JSONRecords(reader: reader, file: path))
        func take(_ line: [UInt8], _ number: Int) throws {
            try rows.take(line, number) { raw, _ in
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

/// Reads the bytes of a segment exactly as `RecordSegment.encode` writes them: the way of every repair, so it does
/// nothing twice.
///
/// Whatever differs by one byte from that form, be it valid JSON or not, is left to the general reader, which says what
/// it is worth. So both give the same records, and no file is accepted here that the general reader refuses.
struct SegmentScanner {
    private let bytes: [UInt8]
    private let attributes = RecordAttribute.all
    private var next = 0

    /// The records, or nil where the bytes are not in that form.
    static func records(_ bytes: [UInt8]) -> [Record]? {
        var scanner = SegmentScanner(bytes: bytes)
        var records: [Record] = []
        if bytes.isEmpty { return nil }
        while scanner.next < bytes.count {
            guard let record = scanner.record() else { return nil }
            records.append(record)
        }
        return records
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func record() -> Record? {
        guard take("{\"id\":"), let id = string(), !id.isEmpty else { return nil }
        var found = RecordAttributes()
        for attribute in attributes {
            guard take(attribute.prefix) else {
                if attribute.isAlwaysWritten { return nil }
                continue
            }
            if attribute.isAlwaysWritten, take("null") { continue }
            guard let value = string(), attribute.isDate ? RecordDate.isValid(value) : !value.isEmpty else {
                return nil
            }
            found[keyPath: attribute.value] = value
        }
        guard take(",\"label\":"), let label = number(), take(",\"text\":"), let text = string(), !text.isEmpty,
            take("}\n")
        else { return nil }
        return Record(id: RecordID(id), attributes: found, text: text, label: label)
    }

    private mutating func take(_ word: [UInt8]) -> Bool {
        guard bytes.count - next >= word.count else { return false }
        for index in 0..<word.count where bytes[next + index] != word[index] { return false }
        next += word.count
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard bytes.count - next >= word.count else { return false }
            for index in 0..<word.count where unsafe bytes[next + index] != word[index] { return false }
            next += word.count
            return true
        }
    }

    /// A whole number as Swift prints it.
    private mutating func number() -> Int? {
        let start = next
        var value = 0
        while next < bytes.count, case let digit = bytes[next] &- UInt8(ascii: "0"), digit < 10 {
            guard next - start < 18 else { return nil }
            value = value * 10 + Int(digit)
            next += 1
        }
        let length = next - start
        return length == 0 || (length > 1 && bytes[start] == UInt8(ascii: "0")) ? nil : value
    }

    private mutating func string() -> String? {
        guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { return nil }
        next += 1
        let start = next
        skipOrdinary()
        guard next < bytes.count else { return nil }
        if bytes[next] == UInt8(ascii: "\"") {
            defer { next += 1 }
            return String(validating: bytes[start..<next], as: UTF8.self)
        }
        var decoded = Array(bytes[start..<next])
        while next < bytes.count {
            if bytes[next] == UInt8(ascii: "\"") {
                next += 1
                return String(validating: decoded, as: UTF8.self)
            }
            guard let byte = escape() else { return nil }
            decoded.append(byte)
            let from = next
            skipOrdinary()
            decoded.append(contentsOf: bytes[from..<next])
        }
        return nil
    }

    /// To the next quote, backslash or control character.
    private mutating func skipOrdinary() {
        while next < bytes.count {
            let byte = bytes[next]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            next += 1
        }
    }

    private mutating func escape() -> UInt8? {
        if take("\\\"") { return UInt8(ascii: "\"") }
        if take("\\\\") { return UInt8(ascii: "\\") }
        guard take("\\u00"), bytes.count - next >= 2, let high = Self.digit(bytes[next]), high < 2,
            let low = Self.digit(bytes[next + 1])
        else { return nil }
        next += 2
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
