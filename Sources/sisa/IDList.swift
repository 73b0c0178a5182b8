import Unlearning

/// A list of ids in a file, one a line.
enum IDList {
    /// The ids in the file at `path`; `-` is standard input. Empty lines are passed over.
    static func read(_ path: String) throws -> [String] {
        var ids: [String] = []
        try TextLines.forEach(InputFile(named: path)) { line, _ in
            if !line.isEmpty { ids.append(line) }
        }
        return ids
    }
}
