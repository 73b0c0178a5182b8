import Foundation
import Unlearning

/// A file for people, outside of any workspace: written as a whole or not at all, in place of one that was there.
enum PlainFile {
    /// Refuses, before any work is done, what would be lost or would destroy something.
    static func check(_ paths: [String?]) throws {
        var seen: Set<String> = []
        for path in paths.compactMap({ $0 }) {
            let place = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
            guard seen.insert(place.path).inserted else { throw UsageError.oneFileTwice(path: path) }
            var folder = place
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                // A mistyped name must not take the place of a key or a ledger.
                if FileManager.default.fileExists(atPath: folder.appending(path: "ledger.sqlite").path) {
                    throw UsageError.insideWorkspace(path: path)
                }
            }
        }
    }

    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw UsageError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
