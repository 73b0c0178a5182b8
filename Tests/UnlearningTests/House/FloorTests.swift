import Foundation
import Testing

/// The folders of Sources/Unlearning are floors: each uses the ones below it, and none above.
@Suite struct FloorTests {
    /// The lowest floor first. A new folder takes its place here and in docs/architecture.md.
    private static let floors = [
        "Storage", "Keys", "Recipe", "Records", "Plan", "Corpus", "Log", "Ledger", "Checkpoints", "Model", "Features",
        "Training", "Receipts", "History", "Workspace", "Deletion", "Ingest", "Addition", "Repair", "Prediction",
        "Generation", "Verification", "Export", "Answers"
    ]

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/Unlearning").standardizedFileURL

    private struct Source {
        let floor: String
        let file: String
        /// Without comments and texts, which name what they like.
        let code: String
    }

    private static func code(_ text: String) throws -> String {
        try ["\"\"\"[\\s\\S]*?\"\"\"", "\"(?:\\\\.|[^\"\\\\\\n])*\"", "//[^\\n]*"].reduce(text) { text, pattern in
            text.replacing(try Regex(pattern), with: " ")
        }
    }

    private static func read() throws -> [Source] {
        try floors.flatMap { floor in
            let folder = sources.appending(path: floor)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                return Source(floor: floor, file: name, code: try code(text))
            }
        }
    }

    /// The types that a file declares. `atTop`: Only those that are no members of another one.
    private static func types(_ source: Source, atTop: Bool) throws -> [String] {
        let pattern = try Regex<(Substring, Substring)>(
            (atTop ? "(?m)^" : "(?m)^ *") + "(?:@\\w+ )*(?:package |public |private |fileprivate |final |indirect )*"
                + "(?:struct|enum|class|protocol|typealias) (\\w+)")
        return source.code.matches(of: pattern).map { String($0.output.1) }
    }

    @Test func everyFolderIsAFloor() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
        #expect(Set(found) == Set(Self.floors))
    }

    @Test func noFolderUsesATypeOfAFloorAboveIt() throws {
        let sources = try Self.read()
        var home: [String: Int] = [:]
        for source in sources {
            for type in try Self.types(source, atTop: true) { home[type] = Self.floors.firstIndex(of: source.floor) }
        }
        try #require(home["Workspace"] != nil && home["DurableFile"] == 0)
        var faults: [String] = []
        // What stands behind a dot is a member, and its type stands before it.
        let word = try Regex<Substring>("\\.?\\b[A-Z]\\w*\\b")
        let members = try Dictionary(grouping: sources, by: \.floor).mapValues { sources in
            Set(try sources.flatMap { try Self.types($0, atTop: false) })
        }
        for source in sources {
            guard let own = Self.floors.firstIndex(of: source.floor) else { continue }
            for name in Set(source.code.matches(of: word).map { String($0.output) }).sorted() {
                guard let floor = home[name], floor > own, members[source.floor]?.contains(name) != true else {
                    continue
                }
                faults.append("\(source.floor)/\(source.file) uses \(name) of \(Self.floors[floor])")
            }
        }
        #expect(faults == [])
    }
}
