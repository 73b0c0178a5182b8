import Foundation

/// A file for people, outside of any workspace: written as a whole or not at all, in place of one that was there.
enum PlainFile {
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw UsageError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
