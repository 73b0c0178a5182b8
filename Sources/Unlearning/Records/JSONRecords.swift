/// Turns the lines of one JSON Lines file into records; lines of blanks are skipped.
struct JSONRecords {
    let reader: RecordReader
    let file: String
    private(set) var recordCount = 0
    /// Whether row numbers stand for ids; the first record decides.
    private var isNumbered: Bool?

    init(reader: RecordReader, file: String) {
        self.reader = reader
        self.file = file
    }

    mutating func take(
        _ line: [UInt8], _ number: Int, _ body: (RawRecord, Int) throws -> Void
    ) throws {
        if line.allSatisfy(JSONLine.isBlank) { return }
        recordCount += 1
        try body(try record(line, number), number)
    }

    private mutating func record(_ line: [UInt8], _ number: Int) throws(RecordsError) -> RawRecord {
        guard String(validating: line, as: UTF8.self) != nil else {
            throw refusal(number, nil, .invalidUTF8)
        }
        let members: [JSONLine.Member]
        do {
            members = try JSONLine.members(line)
        } catch {
            throw refusal(number, nil, .malformedJSON(error))
        }
        let columns = reader.columns
        var values = RecordValues(id: "\(recordCount)", text: "", label: nil, owner: nil)
        func isLeftOut(_ column: String, _ rule: RecordReader.Rule) -> Bool {
            guard rule == .optional else { return false }
            let found = members.first { $0.key == RecordID(column) }?.value
            return found == nil || found == .null
        }
        let isNumbered = self.isNumbered ?? (columns.id == Columns.rowNumber || isLeftOut(columns.id, reader.ids))
        self.isNumbered = isNumbered
        if !isNumbered {
            values.id = try word(try value(columns.id, members, number), columns.id, number)
        }
        if !isLeftOut(columns.text, reader.texts) {
            values.text = try text(try value(columns.text, members, number), columns.text, number)
        }
        if !isLeftOut(columns.label, reader.labels) {
            values.label = try word(
                try value(columns.label, members, number), columns.label, number)
        }
        if let owner = columns.owner {
            let found = try value(owner, members, number)
            values.owner = found == .null ? nil : try word(found, owner, number)
        }
        if let date = columns.date, let member = members.first(where: { $0.key == RecordID(date) }) {
            values.date = member.value == .null ? nil : try word(member.value, date, number)
        }
        if let group = columns.group, let member = members.first(where: { $0.key == RecordID(group) }) {
            values.group = member.value == .null ? nil : try word(member.value, group, number)
        }
        return try reader.check(values, file: file, line: number)
    }

    private func value(
        _ column: String, _ members: [JSONLine.Member], _ line: Int
    ) throws(RecordsError) -> JSONLine.Value {
        let key = RecordID(column)
        if let member = members.first(where: { $0.key == key }) { return member.value }
        let found = members.map { RecordsError.shown($0.key.rawValue) }
        throw refusal(line, column, .missingKey(found: found))
    }

    private func text(
        _ value: JSONLine.Value, _ column: String, _ line: Int
    ) throws(RecordsError) -> String {
        if case .string(let text) = value { return text }
        throw refusal(line, column, .wrongType(found: value.kind, expected: "a string"))
    }

    /// An id, label or owner: also a whole number, in the very digits of the file.
    private func word(
        _ value: JSONLine.Value, _ column: String, _ line: Int
    ) throws(RecordsError) -> String {
        switch value {
        case .string(let text): return text
        case .integer(let digits): return digits
        default:
            let expected = "a string or a whole number"
            throw refusal(line, column, .wrongType(found: value.kind, expected: expected))
        }
    }

    private func refusal(
        _ line: Int, _ column: String?, _ problem: RecordsError.Problem
    ) -> RecordsError {
        RecordsError(file: file, line: line, column: column, problem: problem)
    }
}
