package import Foundation
internal import Unlearning

/// Changes the stored records of a workspace behind the program's back.
package enum CorpusSurgeon {
    package enum Edit: String, CaseIterable, Sendable {
        case text, label, id, slice, shard, order, removal, addition
    }

    /// The files of the records, in a fixed order.
    private static func files(_ workspace: URL) throws -> [URL] {
        try TestFolder.contents(workspace).keys.filter { $0.hasPrefix("records/") }.sorted()
            .map { workspace.appending(path: $0) }
    }

    /// Edits the first record of the first file that holds several.
    package static func edit(_ edit: Edit, workspace: URL) throws {
        let files = try files(workspace)
        for (index, file) in files.enumerated() {
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            guard lines.count > 1 else { continue }
            var other = index == 0 ? files[files.count - 1] : files[0]
            switch edit {
            case .text:
                let key = ToyWorld.task == .generation ? "content" : "text"
                lines[0] = lines[0].replacing("\"\(key)\":\"", with: "\"\(key)\":\"Not ", maxReplacements: 1)
            case .label where ToyWorld.task == .generation:
                lines[0] = lines[0].replacing(
                    "\"assistant\",\"content\":\"", with: "\"assistant\",\"content\":\"Not ")
            case .label:
                lines[0] = (0..<3).reduce(lines[0]) { line, label in
                    line.replacing("\"label\":\(label),", with: "\"label\":x\((label + 1) % 3),")
                }.replacing("\"label\":x", with: "\"label\":")
            case .id: lines[0] = lines[0].replacing("\"id\":\"", with: "\"id\":\"x")
            case .order: lines.swapAt(0, 1)
            case .removal: lines.removeFirst()
            case .addition: lines.append(lines[0].replacing("\"id\":\"", with: "\"id\":\"x"))
            case .slice, .shard:
                // Into a neighbour: of the same shard, or of another one.
                let sibling = files.first { candidate in
                    candidate != file
                        && (candidate.deletingLastPathComponent() == file.deletingLastPathComponent())
                            == (edit == .slice)
                }
                other = sibling ?? other
                let moved = lines.removeFirst()
                let there = try String(contentsOf: other, encoding: .utf8)
                try Data((there + moved + "\n").utf8).write(to: other)
            }
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
            return
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
