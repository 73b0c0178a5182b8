import Foundation

/// A list of ids in a file, one a line.
enum IDList {
    /// `path`: `-` is standard input. Lines end in LF or CRLF; empty ones, and a byte order mark, are passed over.
    static func read(_ path: String) throws -> [String] {
        let data =
            path == "-"
            ? try FileHandle.standardInput.readToEnd() ?? Data() : FileManager.default.contents(atPath: path)
        guard var data else { throw UsageError.unreadableIDs(path: path) }
        if data.starts(with: [0xEF, 0xBB, 0xBF]) { data = data.dropFirst(3) }
        return try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            number, line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            // Swift mends bytes that are no UTF-8, and the mended id may be that of another record.
            guard let id = String(validating: line, as: UTF8.self) else {
                throw UsageError.idIsNoText(path: path, number: number + 1)
            }
            return id.isEmpty ? nil : id
        }
    }
}
