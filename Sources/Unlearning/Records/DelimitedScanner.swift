/// Cuts bytes into rows of fields as RFC 4180 says, strictly, from chunks of any size.
///
/// Where quoting is `none`, a quote is a byte like any other, and so no field can hold a delimiter or line break.
/// Rows end with LF or CRLF, the last one also with the file. A quoted field may hold delimiters, line breaks and
/// doubled quotes. A quote elsewhere, text behind a closing quote, and a CR that ends no row are errors: a reader that
/// guesses there turns two records into one. A line without a single byte is no row, unless rows have one field.
package struct DelimitedScanner {
    /// Why a row could not be cut.
    package struct Failure: Error, Equatable {
        /// The line, counted from 1.
        package var line: Int
        /// What is wrong there.
        package var problem: RecordsError.Problem
    }

    private enum State {
        case fieldStart
        case unquoted
        case quoted
        /// Behind a quote inside a quoted field: the end of the field, or the first half of a doubled quote.
        case afterQuote
        case afterCarriageReturn
    }

    private let delimiter: UInt8
    private let hasQuotes: Bool
    private let maxRowBytes: Int
    private var state = State.fieldStart
    private var row = FieldRow()
    private var rowHasQuotes = false
    /// False where rows have one field: an empty line then is that field, empty.
    private var skipsEmptyLines = true
    private var line = 1
    private var quoteLine = 1
    /// The line of the first field that goes on over the end of its line.
    private(set) var spanningLine: Int?

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// A scanner at the beginning of a file; longer rows are refused.
    package init(delimiter: UInt8, quoting: Quoting = .quotes, maxRowBytes: Int) {
        hasQuotes = quoting == .quotes
        self.delimiter = delimiter
        self.maxRowBytes = maxRowBytes
    }

    /// Takes the next bytes and hands out every row that ends in them; `emit` answers whether an empty line is to be
    /// skipped.
    package mutating func feed(_ chunk: [UInt8], _ emit: (FieldRow) throws -> Bool) throws {
        var next = 0
        while next < chunk.count {
            switch state {
            case .unquoted:
                next = try takeUnquoted(chunk, from: next, emit)
            case .quoted:
                next = try takeQuoted(chunk, from: next)
            case .fieldStart where hasQuotes && chunk[next] == Self.quote:
                quoteLine = line
                rowHasQuotes = true
                state = .quoted
                next += 1
            case .fieldStart:
                // An ordinary byte stays where it is, for the next round.
                state = .unquoted
            case .afterQuote where chunk[next] == Self.quote:
                row.bytes.append(Self.quote)
                state = .quoted
                next += 1
            case .afterQuote:
                guard try takeEnd(chunk[next], emit) else { throw failure(.textAfterQuote) }
                next += 1
            case .afterCarriageReturn:
                guard chunk[next] == Self.lineFeed else { throw failure(.strayCarriageReturn) }
                try endRow(emit)
                next += 1
            }
        }
    }

    /// Hands out the last row, if the file does not end with a line break.
    package mutating func finish(_ emit: (FieldRow) throws -> Bool) throws {
        switch state {
        case .fieldStart where row.ends.isEmpty: return
        case .fieldStart, .unquoted, .afterQuote: try endRow(emit)
        case .quoted: throw Failure(line: quoteLine, problem: .unterminatedQuote)
        case .afterCarriageReturn: throw failure(.strayCarriageReturn)
        }
    }

    private func failure(_ problem: RecordsError.Problem) -> Failure {
        Failure(line: line, problem: problem)
    }

    private mutating func takeUnquoted(
        _ chunk: [UInt8], from start: Int, _ emit: (FieldRow) throws -> Bool
    ) throws -> Int {
        var end = start
        let (delimiter, hasQuotes) = (delimiter, hasQuotes)
        while end < chunk.count {
            let byte = chunk[end]
            if byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn
                || (hasQuotes && byte == Self.quote)
            {
                break
            }
            end += 1
        }
        try append(chunk[start..<end])
        guard end < chunk.count else { return end }
        guard try takeEnd(chunk[end], emit) else { throw failure(.quoteInsideField) }
        return end + 1
    }

    private mutating func takeQuoted(_ chunk: [UInt8], from start: Int) throws -> Int {
        var end = start
        var breaks = 0
        while end < chunk.count, chunk[end] != Self.quote {
            if chunk[end] == Self.lineFeed { breaks += 1 }
            end += 1
        }
        try append(chunk[start..<end])
        line += breaks
        if breaks > 0 && spanningLine == nil { spanningLine = quoteLine }
        guard end < chunk.count else { return end }
        state = .afterQuote
        return end + 1
    }

    /// Ends a field at a delimiter, CR or LF; false at any other byte.
    private mutating func takeEnd(
        _ byte: UInt8, _ emit: (FieldRow) throws -> Bool
    ) throws -> Bool {
        switch byte {
        case delimiter:
            row.ends.append(row.bytes.count)
            try checkLength()
            state = .fieldStart
        case Self.lineFeed:
            try endRow(emit)
        case Self.carriageReturn:
            state = .afterCarriageReturn
        default:
            return false
        }
        return true
    }

    private mutating func endRow(_ emit: (FieldRow) throws -> Bool) throws {
        let isEmptyLine = row.ends.isEmpty && row.bytes.isEmpty && !rowHasQuotes
        if !(isEmptyLine && skipsEmptyLines) {
            row.ends.append(row.bytes.count)
            skipsEmptyLines = try emit(row)
        }
        row.removeAll()
        rowHasQuotes = false
        line += 1
        row.line = line
        state = .fieldStart
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws {
        row.bytes.append(contentsOf: bytes)
        try checkLength()
    }

    private func checkLength() throws {
        if row.bytes.count + row.ends.count > maxRowBytes {
            throw Failure(line: row.line, problem: .recordTooLong(limit: maxRowBytes))
        }
    }
}

/// One row of a delimited file: the bytes of its fields, one after the other, quotes resolved.
package struct FieldRow {
    var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    var ends: [Int] = []
    /// The line on which the row begins.
    package var line = 1

    /// How many fields it has.
    package var count: Int { ends.count }

    /// The bytes of a field, counted from 0.
    package subscript(field: Int) -> ArraySlice<UInt8> {
        bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
    }

    /// The line on which a byte stands: a quoted field may hold line breaks.
    func line(ofByteAt index: Int) -> Int {
        line + bytes[..<index].count { $0 == UInt8(ascii: "\n") }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
