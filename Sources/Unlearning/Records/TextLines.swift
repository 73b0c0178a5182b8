/// The lines of a text file, numbered from 1.
///
/// A line ends in LF or CRLF and nowhere else: a lone CR, a form feed, U+0085 or U+2028 is part of its line, so that
/// the numbers are those of other programs. A byte order mark is skipped. One chunk and one line are held at a time.
package enum TextLines {
    /// Bytes that a line may have.
    package static let longestLine = 1 << 20

    /// Calls `body` with every line and its number.
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

extension InputFile {
    /// The whole of a text that should be small: UTF-8, without a byte order mark. At most `limit` bytes.
    package func text(limit: Int) throws -> [UInt8] {
        var bytes = try bytes(limit: limit)
        if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let valid = bytes[..<RecordsError.firstInvalidByte(bytes[...])]
            let line = 1 + valid.count { $0 == UInt8(ascii: "\n") }
            throw RecordsError(file: name, line: line, problem: .invalidUTF8)
        }
        return bytes
    }
}

/// Cuts bytes into lines at LF, from chunks of any size; a CR before the LF goes with it.
package struct LineSplitter {
    /// A line has more bytes than it may.
    package struct TooLong: Error {
        /// The line, counted from 1.
        package var line: Int
    }

    private let maxLineBytes: Int
    private var held: [UInt8] = []
    private var number = 1

    /// A splitter at the beginning of a file; longer lines are refused.
    package init(maxLineBytes: Int) {
        self.maxLineBytes = maxLineBytes
    }

    /// Takes the next bytes and hands out every line that ends in them, with its number.
    package mutating func feed(_ chunk: [UInt8], _ emit: ([UInt8], Int) throws -> Void) throws {
        var start = 0
        while start < chunk.count {
            var end = start
            while end < chunk.count, chunk[end] != UInt8(ascii: "\n") { end += 1 }
            held.append(contentsOf: chunk[start..<end])
            if held.count > maxLineBytes { throw TooLong(line: number) }
            if end < chunk.count { try endLine(emit) }
            start = end + 1
        }
    }

    /// Hands out the last line, if the file does not end with a line break.
    package mutating func finish(_ emit: ([UInt8], Int) throws -> Void) throws {
        if !held.isEmpty { try endLine(emit) }
    }

    private mutating func endLine(_ emit: ([UInt8], Int) throws -> Void) throws {
        if held.last == UInt8(ascii: "\r") { held.removeLast() }
        try emit(held, number)
        held.removeAll(keepingCapacity: true)
        number += 1
    }
}
