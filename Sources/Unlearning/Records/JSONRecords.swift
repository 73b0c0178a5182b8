internal import Engine

/// Turns the lines of one JSON Lines file into records; lines of blanks are skipped.
struct JSONRecords {
    let reader: RecordReader
    let file: String
    private(set) var recordCount = 0
    /// Whether row numbers stand for ids; the first record decides.
    private var isNumbered: Bool?
    /// Those that the recipe names a key for.
    private let attributes: [(attribute: RecordAttribute, column: String)]

    init(reader: RecordReader, file: String) {
        attributes = RecordAttribute.all.compactMap { attribute in
            reader.columns[keyPath: attribute.column].map { (attribute, $0) }
        }
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
        var record = RawRecord(id: RecordID("\(recordCount)"), text: "")
        func isLeftOut(_ column: String, _ rule: RecordReader.Rule) -> Bool {
            guard rule == .optional else { return false }
            let found = members.first { $0.key == RecordID(column) }?.value
            return found == nil || found == .null
        }
        let isNumbered =
            self.isNumbered ?? (columns.id == Columns.rowNumber || isLeftOut(columns.id, reader.ids))
        self.isNumbered = isNumbered
        if !isNumbered {
            record.id = RecordID(try word(try value(columns.id, members, number), columns.id, number))
        }
        switch columns.dialogue {
        case nil:
            if !isLeftOut(columns.text, reader.texts) {
                record.text = try text(try value(columns.text, members, number), columns.text, number)
            }
            if !isLeftOut(columns.label, reader.labels) {
                record.label = try word(try value(columns.label, members, number), columns.label, number)
            }
        case .pair(let prompt, let completion):
            var dialogue = Dialogue(prompt: [], completion: "")
            if !isLeftOut(prompt, reader.texts) {
                dialogue.prompt = [Turn(.user, try text(try value(prompt, members, number), prompt, number))]
            }
            if !isLeftOut(completion, reader.labels) {
                dialogue.completion = try text(try value(completion, members, number), completion, number)
            }
            record.dialogue = dialogue
        case .messages(let column):
            record.dialogue = try conversation(column, members, line, number)
        }
        for (attribute, column) in attributes {
            let found =
                attribute.isAlwaysWritten
                ? try value(column, members, number) : members.first { $0.key == RecordID(column) }?.value ?? .null
            if found != .null { record.attributes[keyPath: attribute.value] = try word(found, column, number) }
        }
        return try reader.checked(record, file: file, line: number)
    }

    /// The turns of a line. Where answers may be missing, what does not end in one is a prompt as a whole.
    private func conversation(
        _ column: String, _ members: [JSONLine.Member], _ line: [UInt8], _ number: Int
    ) throws(RecordsError) -> Dialogue {
        let found = try value(column, members, number)
        guard found == .array, let range = members.first(where: { $0.key == RecordID(column) })?.range else {
            throw refusal(number, column, .wrongType(found: found.kind, expected: "a list of turns"))
        }
        let turns: [Turn]
        do {
            turns = try Messages(line[range]).turns
        } catch {
            throw refusal(number, column + error.place, error.problem)
        }
        if let dialogue = Dialogue(turns: turns) { return dialogue }
        guard reader.labels == .optional else { throw refusal(number, column, .noAnswer) }
        return Dialogue(prompt: turns, completion: "")
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

    /// An id, label or attribute: also a whole number, in the very digits of the file.
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
