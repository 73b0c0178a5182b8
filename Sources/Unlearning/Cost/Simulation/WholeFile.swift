internal import Foundation

/// Writes a result into a file, whole or not at all; a file of that name is replaced.
package enum WholeFile {
    package static func write(_ text: String, to path: String) throws(SimulationError) {
        do {
            // Under another name first, and then renamed.
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: (error as NSError).localizedDescription)
        }
    }
}
