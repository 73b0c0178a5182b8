import Foundation
import TestSupport
import Testing

/// One list of exit codes in the program, in what it prints, and in docs/formats.md; and the program ends with each of
/// them.
@Suite struct ExitStatusTests {
    /// Codes and meanings of the table in docs/formats.md.
    private func documented() throws -> [Int32: String] {
        let text = try String(contentsOf: TestData.root.appending(path: "docs/formats.md"), encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "## Exit codes\n").last?.components(separatedBy: "\n## ").first)
        let rows = section.split(separator: "\n").compactMap { line -> (Int32, String)? in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.count < 2 ? nil : Int32(cells[0]).map { ($0, cells[1]) }
        }
        return try Dictionary(rows, uniquingKeysWith: { first, _ in throw Twice(text: first) })
    }

    private struct Twice: Error { let text: String }

    @Test func theDocumentsListTheCodesThatTheHelpLists() throws {
        try CommandFixture.with(trained: false) { fixture in
            let words = try fixture.program.run("--help").output.split(whereSeparator: \.isWhitespace).joined(
                separator: " ")
            let list = try #require(words.firstMatch(of: /Exit codes: ([^.]*)\./)?.output.1)
            let told = list.components(separatedBy: "; ").compactMap { item -> (Int32, String)? in
                let parts = item.split(separator: " ", maxSplits: 1)
                return parts.count < 2 ? nil : Int32(parts[0]).map { ($0, String(parts[1])) }
            }
            #expect(try Dictionary(told, uniquingKeysWith: { first, _ in first }) == documented())
        }
    }

    /// A way to each code; of 77 see the tests of files that belong to somebody else.
    private static let ways: [Int32: @Sendable (CommandFixture) throws -> Int32?] = [
        0: { try $0.program.run("status").code },
        64: { try $0.program.run("frobnicate").code },
        65: { try $0.program.run("delete", "toy-25").code },
        66: { try $0.program.run("status", "--workspace", "nowhere").code },
        69: { fixture in
            for label in ["weather", "food", "travel"] {
                #expect(try fixture.program.run("delete", "--where", "label=\(label)").code == 0)
            }
            return try fixture.program.run("predict", "rain").code
        },
        73: { try $0.program.run("train", "toy", "--workspace", "toy").code },
        74: { fixture in
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let process = try fixture.program.start(["status"], output: full, errors: .nullDevice)
            process.waitUntilExit()
            return process.terminationStatus
        },
        // Records leave the ledger whenever a checkpoint comes into it.
        75: { fixture in
            try LedgerSurgeon.execute(
                """
                DELETE FROM checkpoints;
                CREATE TRIGGER meanwhile AFTER INSERT ON checkpoints
                BEGIN UPDATE slices SET digest = zeroblob(32) WHERE shard = NEW.shard; END
                """, workspace: fixture.workspace)
            return try fixture.program.run("train").code
        },
        78: { fixture in
            try FileManager.default.removeItem(at: fixture.workspace.appending(path: "key"))
            return try fixture.program.run("status").code
        }
    ]

    @Test func everyCodeOfTheTableIsReached() throws {
        #expect(try Set(documented().keys).subtracting([77]) == Set(Self.ways.keys))
        for (code, way) in Self.ways {
            try CommandFixture.with { fixture in
                let reached = try way(fixture)
                #expect(reached == code)
            }
        }
    }
}
