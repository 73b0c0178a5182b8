/// Turns the rows of one CSV or TSV file into records: the first row names the columns.
///
/// The whole row must be UTF-8; beyond that, the columns that are not in use influence nothing.
struct DelimitedRecords {
    let reader: RecordReader
    let file: String
    private(set) var recordCount = 0
    private var header: Header?

    init(reader: RecordReader, file: String) {
        self.reader = reader
        self.file = file
    }

    /// Where the columns in use stand.
    private struct Header {
        var count: Int
        /// Nil for row numbers, and for each where it is optional and the file has none.
        var id, text, label: Int?
        var attributes: [(attribute: RecordAttribute, column: String, field: Int)]
    }

    var hasHeader: Bool { header != nil }

    /// Takes a row; answers whether the scanner is to skip empty lines.
    mutating func take(_ row: FieldRow, _ body: (RawRecord, Int) throws -> Void) throws -> Bool {
        if let header {
            recordCount += 1
            try body(try record(row, header), row.line)
            return header.count > 1
        }
        header = try readHeader(row)
        return row.count > 1
    }

    private func readHeader(_ row: FieldRow) throws(RecordsError) -> Header {
        var positions: [RecordID: Int] = [:]
        // A name that nobody asks for may stand there as often as it likes, as the empty one does where a spreadsheet
        // was wider.
        var repeated: Set<RecordID> = []
        var names: [String] = []
        for field in 0..<row.count {
            let name = try text(row, field, column: nil)
            if positions.updateValue(field, forKey: RecordID(name)) != nil { repeated.insert(RecordID(name)) }
            names.append(name)
        }
        func position(_ column: String) throws(RecordsError) -> Int {
            if repeated.contains(RecordID(column)) { throw refusal(row.line, column, .duplicateColumn) }
            if let position = positions[RecordID(column)] { return position }
            throw refusal(row.line, column, .missingColumn(found: names.map(RecordsError.shown)))
        }
        func position(_ column: String, _ rule: RecordReader.Rule) throws(RecordsError) -> Int? {
            rule == .optional && positions[RecordID(column)] == nil ? nil : try position(column)
        }
        let columns = reader.columns
        var header = Header(
            count: row.count, id: columns.id == Columns.rowNumber ? nil : try position(columns.id, reader.ids),
            text: try position(columns.text, reader.texts), label: try position(columns.label, reader.labels),
            attributes: [])
        for attribute in RecordAttribute.all {
            guard let column = columns[keyPath: attribute.column] else { continue }
            header.attributes.append((attribute, column, try position(column)))
        }
        return header
    }

    private func record(_ row: FieldRow, _ header: Header) throws(RecordsError) -> RawRecord {
        guard row.count == header.count else {
            throw refusal(row.line, nil, .wrongFieldCount(found: row.count, expected: header.count))
        }
        let columns = reader.columns
        var record = RawRecord(id: RecordID("\(recordCount)"), text: "")
        if let field = header.id { record.id = RecordID(try text(row, field, column: columns.id)) }
        if let field = header.text { record.text = try text(row, field, column: columns.text) }
        if let field = header.label { record.label = try text(row, field, column: columns.label) }
        for (attribute, column, field) in header.attributes {
            record.attributes[keyPath: attribute.value] = try text(row, field, column: column)
        }
        if String(validating: row.bytes, as: UTF8.self) == nil {
            throw invalidUTF8(in: row, row.bytes[...], column: nil)
        }
        return try reader.checked(record, file: file, line: row.line)
    }

    private func text(_ row: FieldRow, _ field: Int, column: String?) throws(RecordsError) -> String {
        if let text = String(validating: row[field], as: UTF8.self) { return text }
        throw invalidUTF8(in: row, row[field], column: column)
    }

    private func invalidUTF8(
        in row: FieldRow, _ bytes: ArraySlice<UInt8>, column: String?
    ) -> RecordsError {
        let offset = RecordsError.firstInvalidByte(bytes)
        return refusal(row.line(ofByteAt: offset), column, .invalidUTF8)
    }

    private func refusal(
        _ line: Int, _ column: String?, _ problem: RecordsError.Problem
    ) -> RecordsError {
        RecordsError(file: file, line: line, column: column, problem: problem)
    }
}
