internal import Engine

/// Reads the bytes of a segment exactly as `RecordSegment.encode` writes them: the way of every repair, so it does
/// nothing twice.
///
/// Whatever differs by one byte from that form, be it valid JSON or not, is left to the general reader, which says what
/// it is worth. So both give the same records, and no file is accepted here that the general reader refuses.
struct SegmentScanner {
    private let bytes: [UInt8]
    private let task: Recipe.TaskKind
    private let attributes = RecordAttribute.all
    private var next = 0

    /// The records, or nil where the bytes are not in that form.
    static func records(_ bytes: [UInt8], task: Recipe.TaskKind = .classification) -> [Record]? {
        var scanner = SegmentScanner(bytes: bytes, task: task)
        var records: [Record] = []
        if bytes.isEmpty { return nil }
        while scanner.next < bytes.count {
            guard let record = scanner.record() else { return nil }
            records.append(record)
        }
        return records
    }

    private init(bytes: [UInt8], task: Recipe.TaskKind) {
        self.bytes = bytes
        self.task = task
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
        guard let content = task == .generation ? dialogue() : labelled(), take("}\n") else { return nil }
        return Record(id: RecordID(id), attributes: found, content: content)
    }

    private mutating func labelled() -> RecordContent? {
        guard take(",\"label\":"), let label = number(), take(",\"text\":"), let text = string(), !text.isEmpty else {
            return nil
        }
        return .labelled(text: text, label: label)
    }

    private mutating func dialogue() -> RecordContent? {
        guard take(",\"messages\":[") else { return nil }
        var turns: [Turn] = []
        repeat {
            guard take("{\"role\":"), let role = string().flatMap(Turn.Role.init(rawValue:)), take(",\"content\":"),
                let content = string(), take("}")
            else { return nil }
            turns.append(Turn(role, content))
        } while take(",")
        guard take("]"), let dialogue = Dialogue(turns: turns), !dialogue.lacksPrompt, !dialogue.completion.isEmpty
        else { return nil }
        return .dialogue(dialogue)
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
