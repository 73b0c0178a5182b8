import Foundation
import TestSupport
import Testing

/// What data files and recipes say, asked of the program.
@Suite struct DataFileCommandTests {
    @Test func aQuotedFieldThatSpansLinesOfATSVIsToldAndCanBeTurnedOff() throws {
        try CommandFixture.with(trained: false) { fixture in
            try Data("id\towner\ttext\tlabel\na\t\t\"Rain\tweather\nb\t\tSoup\"\tfood\n".utf8)
                .write(to: fixture.folder.appending(path: "lone.tsv"))
            let spanning = try fixture.program.run("train", "toy", "--data", "lone.tsv", "--workspace", "one")
            #expect(spanning.code == 0 && spanning.output.contains("trained 1 records"), "\(spanning.everything)")
            #expect(
                spanning.errors.contains("/lone.tsv:2:") && spanning.errors.contains("warning: ")
                    && !spanning.everything.contains("Soup"))
            try fixture.editRecipe("test: [test.csv]", "quoting: none")
            let refused = try fixture.program.run("train", "toy", "--data", "lone.tsv", "--workspace", "one")
            #expect(refused.code == 78 && refused.errors.contains("data.quoting"), "\(refused.everything)")
            let plain = try fixture.program.run("train", "toy", "--data", "lone.tsv", "--workspace", "two")
            #expect(plain.code == 0 && plain.output.contains("trained 2 records"), "\(plain.everything)")
            #expect(!plain.errors.contains("warning"), "\(plain.everything)")
        }
    }

    @Test func theRecipeOfAnotherProjectIsRefusedByAWorkspace() throws {
        try CommandFixture.with { fixture in
            let toy = fixture.folder.appending(path: "toy"), other = fixture.folder.appending(path: "other")
            try FileManager.default.copyItem(at: toy, to: other)
            let file = other.appending(path: "records.csv")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacing("stopped", with: "began").utf8).write(to: file)
            let before = try fixture.program.run("status", "--json").output
            let refused = try fixture.program.run("train", "other")
            #expect(refused.code == 78 && refused.errors.contains("--workspace"), "\(refused.everything)")
            #expect(try fixture.program.run("status", "--json").output == before)
            try Data(text.utf8).write(to: file)
            #expect(try fixture.program.run("train", "other").code == 0)
        }
    }
}
