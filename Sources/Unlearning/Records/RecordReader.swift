package import Foundation

/// Streams the records of one file, in the file's order and in bounded memory.
///
/// At most one chunk and one record are held at a time, so a file may be larger than memory, and a file without a line
/// break ends with an error at `maxRecordBytes` and not with an exhausted machine. Cost: linear in the file's size.
package struct RecordReader: Sendable {
    /// Whether a file must have a column, and every record a value in it.
    package enum Rule: Sendable {
        /// Whoever lacks it is refused.
        case required
        /// Whoever lacks it is read without it.
        case optional
    }

    /// Where a record's parts stand.
    package var columns: Columns
    /// Nil: by the file's extension.
    package var format: DataFormat?
    /// Whether quotes enclose fields of CSV and TSV.
    package var quoting: Quoting
    /// Where optional and the file (of JSON Lines its first record) has none, row numbers stand for them.
    package var ids: Rule
    /// Whether texts and labels must be there; of dialogues prompts and completions.
    package var texts, labels: Rule
    /// Bytes that a row or line may have.
    package var maxRecordBytes: Int
    /// Told the place ("file:line") of the first field of a TSV file that spans lines: often a lone quote and not a
    /// quoted field.
    package var notice: @Sendable (String) -> Void = { _ in }

    /// A reader of files with these columns.
    package init(
        columns: Columns, format: DataFormat? = nil, quoting: Quoting = .quotes, ids: Rule = .required,
        texts: Rule = .required, labels: Rule = .required, maxRecordBytes: Int = 1 << 20
    ) {
        self.columns = columns
        self.format = format
        self.quoting = quoting
        self.ids = ids
        self.texts = texts
        self.labels = labels
        self.maxRecordBytes = maxRecordBytes
    }

    /// Calls `body` with every record and the line on which it begins, counted from 1.
    ///
    /// Throws a `RecordsError` at the first thing that is wrong with the file, after the records before it were handed
    /// out; errors of `body` pass through and end the reading. Whether an id stands twice is for the caller to see.
    package func forEach(_ file: InputFile, _ body: (RawRecord, Int) throws -> Void) throws {
        guard let format = format ?? DataFormat(extension: file.pathExtension) else {
            try file.check()
            throw RecordsError(file: file.name, problem: .unknownExtension(found: file.pathExtension))
        }
        if columns.dialogue != nil, format != .jsonl {
            throw RecordsError(file: file.name, problem: .linesOnly)
        }
        switch format {
        case .csv: try readDelimited(file, by: UInt8(ascii: ","), body)
        case .tsv: try readDelimited(file, by: UInt8(ascii: "\t"), body)
        case .jsonl: try readLines(file, body)
        }
    }

    /// The same for a file that a recipe names.
    package func forEach(file: URL, _ body: (RawRecord, Int) throws -> Void) throws {
        try forEach(InputFile(file), body)
    }

    private func readDelimited(
        _ file: InputFile, by delimiter: UInt8, _ body: (RawRecord, Int) throws -> Void
    ) throws {
        var scanner = DelimitedScanner(delimiter: delimiter, quoting: quoting, maxRowBytes: maxRecordBytes)
        var records = DelimitedRecords(reader: self, file: file.name)
        do {
            try file.forEachChunk { chunk in
                try scanner.feed(chunk) { row in try records.take(row, body) }
            }
            try scanner.finish { row in try records.take(row, body) }
        } catch let failure as DelimitedScanner.Failure {
            throw RecordsError(file: file.name, line: failure.line, problem: failure.problem)
        }
        if delimiter == UInt8(ascii: "\t"), let line = scanner.spanningLine {
            notice("\(file.name):\(line)")
        }
        if records.recordCount == 0 {
            throw RecordsError(
                file: file.name, problem: records.hasHeader ? .noRecords : .emptyFile)
        }
    }

    private func readLines(_ file: InputFile, _ body: (RawRecord, Int) throws -> Void) throws {
        var lines = LineSplitter(maxLineBytes: maxRecordBytes)
        var records = JSONRecords(reader: self, file: file.name)
        do {
            try file.forEachChunk { chunk in
                try lines.feed(chunk) { line, number in try records.take(line, number, body) }
            }
            try lines.finish { line, number in try records.take(line, number, body) }
        } catch let failure as LineSplitter.TooLong {
            throw RecordsError(
                file: file.name, line: failure.line, problem: .recordTooLong(limit: maxRecordBytes))
        }
        if records.recordCount == 0 {
            throw RecordsError(file: file.name, problem: .emptyFile)
        }
    }
}

extension RecordReader {
    /// Refuses what no record may lack: an id, a text, and a label where one is required.
    ///
    /// An empty attribute is none: a record with an empty owner belongs to nobody. A date is kept in its canonical
    /// form.
    func checked(_ record: RawRecord, file: String, line: Int) throws(RecordsError) -> RawRecord {
        func refusal(_ column: String, _ problem: RecordsError.Problem) -> RecordsError {
            RecordsError(file: file, line: line, column: column, problem: problem)
        }
        var record = record
        if record.id.rawValue.isEmpty { throw refusal(columns.id, .emptyID) }
        if let dialogue = record.dialogue, let columns = columns.dialogue {
            if dialogue.lacksPrompt, texts == .required { throw refusal(columns.prompt, .emptyPrompt) }
            if dialogue.completion.isEmpty, labels == .required {
                throw refusal(columns.completion, .emptyCompletion)
            }
        } else if record.text.isEmpty, texts == .required {
            throw refusal(columns.text, .emptyText)
        }
        if record.label?.isEmpty == true { record.label = nil }
        if record.label == nil, record.dialogue == nil, labels == .required {
            throw refusal(columns.label, .emptyLabel)
        }
        for attribute in RecordAttribute.all {
            guard let written = record.attributes[keyPath: attribute.value] else { continue }
            if written.isEmpty {
                record.attributes[keyPath: attribute.value] = nil
            } else if attribute.isDate {
                guard let date = RecordDate(written) else {
                    throw refusal(columns[keyPath: attribute.column] ?? "", .badDate)
                }
                record.attributes[keyPath: attribute.value] = date.canonical
            }
        }
        return record
    }
}
