package import Foundation

extension CorpusSurgeon {
    /// Edits the file that holds one record. `edit` gets its lines and the number of the record's line.
    package static func edit(
        _ id: String, workspace: URL, _ edit: (_ lines: inout [String], _ index: Int) throws -> Void
    ) throws {
        let needle = "\"id\":\"\(id)\""
        for (path, data) in try TestFolder.contents(workspace) where path.hasSuffix(".jsonl") {
            var lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            guard let index = lines.firstIndex(where: { $0.contains(needle) }) else { continue }
            try edit(&lines, index)
            let text = lines.map { $0 + "\n" }.joined()
            return try Data(text.utf8).write(to: workspace.appending(path: path))
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
