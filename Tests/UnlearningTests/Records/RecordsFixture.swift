import Foundation

@testable import Unlearning

/// Files that live as long as one test.
enum RecordsFixture {
    /// Calls `body` with a new file; its folder is removed afterwards, whatever happens.
    static func withFile<Result>(
        _ name: String, _ bytes: [UInt8], _ body: (URL) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sisa-records-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return try body(file)
    }

    /// All records of a file with these contents, as `line:id|owner|text|label`.
    static func read(
        _ name: String, _ contents: String,
        _ reader: RecordReader = RecordReader(columns: Columns())
    ) throws -> [String] {
        try read(name, Array(contents.utf8), reader)
    }

    static func read(
        _ name: String, _ bytes: [UInt8], _ reader: RecordReader = RecordReader(columns: Columns())
    ) throws -> [String] {
        try withFile(name, bytes) { file in
            var seen: [String] = []
            try reader.forEach(file: file) { record, line in
                seen.append(
                    "\(line):\(record.id)|\(record.owner ?? "-")|\(record.text)|\(record.label ?? "-")"
                )
            }
            return seen
        }
    }

    /// The error that reading these contents ends with.
    static func failure(
        _ name: String, _ contents: String,
        _ reader: RecordReader = RecordReader(columns: Columns())
    ) -> RecordsError? {
        failure(name, Array(contents.utf8), reader)
    }

    static func failure(
        _ name: String, _ bytes: [UInt8], _ reader: RecordReader = RecordReader(columns: Columns())
    ) -> RecordsError? {
        do {
            _ = try read(name, bytes, reader)
            return nil
        } catch {
            return error as? RecordsError
        }
    }
}
