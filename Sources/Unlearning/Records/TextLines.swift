/// The lines of a text file, numbered from 1.
///
/// A line ends in LF or CRLF and nowhere else: a lone CR, a form feed, U+0085 or U+2028 is part of its line, so that the numbers are those
/// of other programs. A byte order mark is skipped. One chunk and one line are held at a time.
package enum TextLines {
    package static let longestLine = 1 << 20

    package static func forEach(_ file: InputFile, _ body: (String, Int) throws -> Void) throws {
        var lines = LineSplitter(maxLineBytes: longestLine)
        func take(_ line: [UInt8], _ number: Int) throws {
            // Swift would mend bytes that are no UTF-8, and a mended id may be that of another record.
            guard let text = String(validating: line, as: UTF8.self) else {
                throw RecordsError(file: file.name, line: number, problem: .invalidUTF8)
            }
            try body(text, number)
        }
        do {
            try file.forEachChunk(isText: true) { try lines.feed($0, take) }
            try lines.finish(take)
        } catch let failure as LineSplitter.TooLong {
            throw RecordsError(file: file.name, line: failure.line, problem: .recordTooLong(limit: longestLine))
        }
    }
}
