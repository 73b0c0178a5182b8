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

    private static let longestLine = 1 << 20

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
        var scanner = DelimitedScanner(delimiter: delimiter, maxRowBytes: Self.longestLine)
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
        var lines = LineSplitter(maxLineBytes: Self.longestLine)
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
            throw refusal(failure.line, .malformed("the line is longer than \(Self.longestLine) bytes; shorten it"))
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
        guard entries.count < SimulationSettings.mostRequests else {
            throw refusal(line, .tooManyRequests(most: SimulationSettings.mostRequests))
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
            guard entry.records <= records - taken else { throw refusal(line, .tooManyRecords(most: records)) }
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
            throw refusal(line, .badNumber(column: column, most: range.upperBound))
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
