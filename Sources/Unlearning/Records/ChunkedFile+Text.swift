internal import Foundation

extension ChunkedFile {
    /// Hands out a file that a person may have written, without the byte order mark that editors put before it.
    static func eachChunk(ofText file: URL, _ take: ([UInt8]) throws -> Void) throws {
        var chunks = try ChunkedFile(file)
        var isFirst = true
        while var chunk = try chunks.next() {
            if isFirst && chunk.starts(with: [0xEF, 0xBB, 0xBF]) { chunk.removeFirst(3) }
            isFirst = false
            try take(chunk)
        }
    }
}
