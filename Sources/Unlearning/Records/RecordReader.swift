package import Foundation

/// Streams the records of one file, in the file's order and in bounded memory.
///
/// At most one chunk and one record are held at a time, so a file may be larger than memory, and a file without a line
/// break ends with an error at `maxRecordBytes` and not with an exhausted machine. Cost: linear in the file's size.
package struct RecordReader: Sendable {
    /// Whether every record must have a label.
    package enum LabelRule: Sendable {
        case required
        /// A file without the label column is fine, as for texts that are to be predicted.
        case optional
    }

    package var columns: Columns
    /// Nil: by the file's extension.
    package var format: DataFormat?
    package var quoting: Quoting
    package var labels: LabelRule
    package var maxRecordBytes: Int
    /// Told the place ("file:line") of the first field of a TSV file that spans lines: often a lone quote and not a quoted field.
    package var notice: @Sendable (String) -> Void = { _ in }

    package init(
        columns: Columns, format: DataFormat? = nil, quoting: Quoting = .quotes,
        labels: LabelRule = .required, maxRecordBytes: Int = 1 << 20
    ) {
        self.columns = columns
        self.format = format
        self.quoting = quoting
        self.labels = labels
        self.maxRecordBytes = maxRecordBytes
    }

    /// Calls `body` with every record and the line on which it begins, counted from 1.
    ///
    /// Throws a `RecordsError` at the first thing that is wrong with the file, after the records before it were handed
    /// out; errors of `body` pass through and end the reading. Whether an id stands twice is for the caller to see.
    package func forEach(file: URL, _ body: (RawRecord, Int) throws -> Void) throws {
        guard let format = format ?? DataFormat(extensionOf: file) else {
            throw RecordsError(
                file: file.path, problem: .unknownExtension(found: file.pathExtension))
        }
        do {
            switch format {
            case .csv: try readDelimited(file, by: UInt8(ascii: ","), body)
            case .tsv: try readDelimited(file, by: UInt8(ascii: "\t"), body)
            case .jsonl: try readLines(file, body)
            }
        } catch let failure as ChunkedFile.Failure {
            switch failure {
            case .notARegularFile: throw RecordsError(file: file.path, problem: .notARegularFile)
            case .unreadable(let reason):
                throw RecordsError(file: file.path, problem: .unreadable(reason: reason))
            }
        }
    }

    private func readDelimited(
        _ file: URL, by delimiter: UInt8, _ body: (RawRecord, Int) throws -> Void
    ) throws {
        var scanner = DelimitedScanner(delimiter: delimiter, quoting: quoting, maxRowBytes: maxRecordBytes)
        var records = DelimitedRecords(reader: self, file: file.path)
        do {
            try ChunkedFile.eachChunk(ofText: file) { chunk in
                try scanner.feed(chunk) { row in try records.take(row, body) }
            }
            try scanner.finish { row in try records.take(row, body) }
        } catch let failure as DelimitedScanner.Failure {
            throw RecordsError(file: file.path, line: failure.line, problem: failure.problem)
        }
        if delimiter == UInt8(ascii: "\t"), let line = scanner.spanningLine {
            notice("\(file.lastPathComponent):\(line)")
        }
        if records.recordCount == 0 {
            throw RecordsError(
                file: file.path, problem: records.hasHeader ? .noRecords : .emptyFile)
        }
    }

    private func readLines(_ file: URL, _ body: (RawRecord, Int) throws -> Void) throws {
        var lines = LineSplitter(maxLineBytes: maxRecordBytes)
        var records = JSONRecords(reader: self, file: file.path)
        do {
            try ChunkedFile.eachChunk(ofText: file) { chunk in
                try lines.feed(chunk) { line, number in try records.take(line, number, body) }
            }
            try lines.finish { line, number in try records.take(line, number, body) }
        } catch let failure as LineSplitter.TooLong {
            throw RecordsError(
                file: file.path, line: failure.line, problem: .recordTooLong(limit: maxRecordBytes))
        }
        if records.recordCount == 0 {
            throw RecordsError(file: file.path, problem: .emptyFile)
        }
    }
}
