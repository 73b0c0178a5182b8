internal import Unlearning

/// Requests as they were recorded: a CSV, TSV or JSON Lines file with a time, and a record's number, id or owner.
///
/// Names are not kept. A record that is named again is gone by then, so the second request is counted and does nothing.
package struct RequestTrace: Sendable, Equatable {
    /// What a request names.
    package enum Subject: String, Sendable, CaseIterable {
        /// Its number, from 0.
        case record
        case id
        /// All records of an owner at once; a column `records` may say how many there are.
        case owner
    }

    struct Entry: Sendable, Equatable {
        /// In seconds; ISO 8601 times count from the first.
        var time: Double
        /// The record, or which of the different ids or owners it is, in the order in which they come first.
        var number: Int
        /// How many records it takes.
        var records: Int
    }

    /// What is wrong with a file.
    package enum Problem: Equatable, Sendable {
        case unknownExtension
        case noRequests
        case noColumn(name: String)
        case noSubject
        case twoSubjects
        case fieldCount(found: Int, expected: Int)
        case badTime
        case timeGoesBack
        case otherTimeForm
        case badNumber(column: String, max: Int)
        case missing(column: String)
        case tooManyRecords(max: Int)
        case tooManyRequests(max: Int)
        case malformed(String)
    }

    /// What its requests name.
    package let subject: Subject
    let entries: [Entry]

    init(subject: Subject, entries: [Entry]) {
        self.subject = subject
        self.entries = entries
    }

    /// `records`: how many there are; a trace that asks for others is refused.
    package init(file: String, records: Int) throws {
        self = try TraceReader.read(file, records: records)
    }
}

extension RequestTrace.Problem {
    var sentence: String {
        switch self {
        case .unknownExtension: "the extension stands for no format; name a .csv, .tsv or .jsonl file"
        case .noRequests: "there is no request in it; add one"
        case .noColumn(let name): "there is no column `\(name)`; add it, or correct the header"
        case .noSubject: "nothing says what is asked for; add a column `record`, `id` or `owner`"
        case .twoSubjects: "more than one of `record`, `id` and `owner` is there; keep one"
        case .fieldCount(let found, let expected):
            "\(found) fields, expected \(expected) as in the header; correct the row"
        case .badTime:
            "the time is neither seconds from 0 nor ISO 8601; write it like 86400.5 or 2024-05-31T13:45:00Z"
        case .timeGoesBack: "the time is earlier than that of the request before; sort the file by time"
        case .otherTimeForm: "seconds and ISO 8601 times are mixed; use one of them in the whole file"
        case .badNumber(let column, let max):
            "`\(column)` is no whole number within its bounds, at most \(max); correct it, or --records"
        case .missing(let column): "`\(column)` is missing or empty; give it a value"
        case .tooManyRecords(let max):
            "from here on more different records are asked for than the \(max) there are; raise --records"
        case .tooManyRequests(let max): "more than \(max) requests; cut the file"
        case .malformed(let text): "\(text)"
        }
    }
}

/// The time of a recorded request, in one of two forms that a file must not mix.
enum TraceTime {
    /// Seconds since the stream began.
    case seconds(Double)
    /// Seconds since 1970 of an ISO 8601 time in UTC.
    case date(Double)

    /// Nil: neither.
    init?(_ text: String) {
        if let seconds = Self.number(text) {
            guard seconds >= 0, seconds <= SimulationSettings.longest else { return nil }
            self = .seconds(seconds)
        } else {
            guard let date = RecordDate(text) else { return nil }
            self = .date(date.secondsSinceEpoch)
        }
    }

    /// In decimal, so that neither `inf` nor `0x1p3` is one.
    private static func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(text)
    }
}

/// Reads a `RequestTrace`, strictly: a request that is guessed would be a cost that is guessed.
struct TraceReader {
    private let file: String
    private let records: Int
    private var subject: RequestTrace.Subject?
    private var entries: [RequestTrace.Entry] = []
    private var numbers: [RecordID: Int] = [:]
    private var taken = 0
    /// The first ISO 8601 time; nil where times are seconds.
    private var epoch: Double?
    private var columns: [String] = []

    private init(file: String, records: Int) {
        self.file = file
        self.records = records
    }

    private static let maxLineBytes = 1 << 20

    /// `records`: how many there are.
    static func read(_ path: String, records: Int) throws -> RequestTrace {
        let file = InputFile(named: path)
        var reader = TraceReader(file: file.name, records: records)
        guard let format = DataFormat(extension: file.pathExtension) else {
            try file.check()
            throw reader.refusal(nil, .unknownExtension)
        }
        switch format {
        case .csv, .tsv: try reader.readRows(file, delimiter: UInt8(ascii: format == .csv ? "," : "\t"))
        case .jsonl: try reader.readLines(file)
        }
        guard let subject = reader.subject, !reader.entries.isEmpty else { throw reader.refusal(nil, .noRequests) }
        return RequestTrace(subject: subject, entries: reader.entries)
    }

    private func refusal(_ line: Int?, _ problem: RequestTrace.Problem) -> SimulationError {
        .trace(file: file, line: line, problem: problem)
    }

    private mutating func readRows(_ file: InputFile, delimiter: UInt8) throws {
        var scanner = DelimitedScanner(delimiter: delimiter, maxRowBytes: Self.maxLineBytes)
        do {
            try file.forEachChunk { chunk in try scanner.feed(chunk) { try take($0) } }
            try scanner.finish { try take($0) }
        } catch let failure as DelimitedScanner.Failure {
            let error = RecordsError(file: self.file, line: failure.line, problem: failure.problem)
            throw refusal(failure.line, .malformed(error.sentence))
        }
    }

    private mutating func take(_ row: FieldRow) throws -> Bool {
        let fields = try (0..<row.count).map { field in
            guard let text = String(validating: row[field], as: UTF8.self) else {
                throw refusal(row.line, .malformed("bytes that are not UTF-8; convert the file"))
            }
            return text
        }
        if columns.isEmpty {
            columns = fields
            try takeSubject(Set(fields), line: row.line)
            if !fields.contains("time") { throw refusal(row.line, .noColumn(name: "time")) }
            return true
        }
        guard fields.count == columns.count else {
            throw refusal(row.line, .fieldCount(found: fields.count, expected: columns.count))
        }
        let columns = columns
        try take(line: row.line) { name in columns.firstIndex(of: name).map { fields[$0] } }
        return true
    }

    private mutating func readLines(_ file: InputFile) throws {
        var lines = LineSplitter(maxLineBytes: Self.maxLineBytes)
        func take(_ bytes: [UInt8], _ number: Int) throws {
            if bytes.allSatisfy(JSONLine.isBlank) { return }
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw refusal(number, .malformed("bytes that are not UTF-8; convert the file"))
            }
            let members: [JSONLine.Member]
            do {
                members = try JSONLine.members(bytes)
            } catch {
                throw refusal(number, .malformed("\(error); write one JSON object to a line"))
            }
            try takeSubject(Set(members.map(\.key.rawValue)), line: number)
            try self.take(line: number) { name in
                members.first { $0.key.rawValue == name }.flatMap { member in
                    switch member.value {
                    case .string(let text), .integer(let text), .number(let text): text
                    case .boolean, .null, .array, .object: nil
                    }
                }
            }
        }
        do {
            try file.forEachChunk { try lines.feed($0, take) }
            try lines.finish(take)
        } catch let failure as LineSplitter.TooLong {
            throw refusal(failure.line, .malformed("the line is longer than \(Self.maxLineBytes) bytes; shorten it"))
        }
    }

    private mutating func takeSubject(_ names: Set<String>, line: Int) throws(SimulationError) {
        let found = RequestTrace.Subject.allCases.filter { names.contains($0.rawValue) }
        guard let first = found.first else { throw refusal(line, .noSubject) }
        guard found.count == 1, subject ?? first == first else { throw refusal(line, .twoSubjects) }
        subject = first
    }

    private mutating func take(line: Int, _ value: (String) -> String?) throws(SimulationError) {
        guard let subject else { return }
        guard entries.count < SimulationSettings.maxRequests else {
            throw refusal(line, .tooManyRequests(max: SimulationSettings.maxRequests))
        }
        guard let time = value("time"), !time.isEmpty else { throw refusal(line, .missing(column: "time")) }
        guard let name = value(subject.rawValue), !name.isEmpty else {
            throw refusal(line, .missing(column: subject.rawValue))
        }
        var entry = RequestTrace.Entry(time: try seconds(time, line), number: 0, records: 1)
        if subject == .record {
            entry.number = try number(name, "record", 0...records - 1, line)
        } else if let known = numbers[RecordID(name)] {
            entry.number = known
        } else {
            if subject == .owner, let text = value("records"), !text.isEmpty {
                entry.records = try number(text, "records", 1...records, line)
            }
            guard entry.records <= records - taken else { throw refusal(line, .tooManyRecords(max: records)) }
            taken += entry.records
            entry.number = numbers.count
            numbers[RecordID(name)] = entry.number
        }
        entries.append(entry)
    }

    private func number(
        _ text: String, _ column: String, _ range: ClosedRange<Int>, _ line: Int
    ) throws(SimulationError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw refusal(line, .badNumber(column: column, max: range.upperBound))
        }
        return number
    }

    private mutating func seconds(_ text: String, _ line: Int) throws(SimulationError) -> Double {
        guard let time = TraceTime(text) else { throw refusal(line, .badTime) }
        let isFirst = entries.isEmpty
        var seconds: Double
        switch time {
        case .seconds(let found):
            if epoch != nil { throw refusal(line, .otherTimeForm) }
            seconds = found
        case .date(let found):
            if isFirst { epoch = found }
            guard let epoch else { throw refusal(line, .otherTimeForm) }
            seconds = found - epoch
        }
        guard seconds >= entries.last?.time ?? 0 else { throw refusal(line, .timeGoesBack) }
        return seconds
    }
}
