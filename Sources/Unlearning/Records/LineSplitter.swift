/// Cuts bytes into lines at LF, from chunks of any size; a CR before the LF goes with it.
package struct LineSplitter {
    /// A line is longer than it may be.
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
