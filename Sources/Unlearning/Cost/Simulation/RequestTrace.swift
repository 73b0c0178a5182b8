/// Requests as they were recorded: a CSV, TSV or JSON Lines file with a time, and a record's number, id or owner.
///
/// Names are not kept. A record that is named again is gone by then, so the second request is counted and does nothing.
package struct RequestTrace: Sendable, Equatable {
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
        case badNumber(column: String, most: Int)
        case missing(column: String)
        case tooManyRecords(most: Int)
        case tooManyRequests(most: Int)
        case malformed(String)
    }

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
        case .badNumber(let column, let most):
            "`\(column)` is no whole number within its bounds, at most \(most); correct it, or --records"
        case .missing(let column): "`\(column)` is missing or empty; give it a value"
        case .tooManyRecords(let most):
            "from here on more different records are asked for than the \(most) there are; raise --records"
        case .tooManyRequests(let most): "more than \(most) requests; cut the file"
        case .malformed(let text): "\(text)"
        }
    }
}
