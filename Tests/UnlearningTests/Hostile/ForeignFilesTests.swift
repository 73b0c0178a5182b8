import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A Git LFS pointer or a web page in place of a file that a person hands in is called that.
@Suite struct ForeignFilesTests {
    private static let contents = [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n", "git lfs pull"),
        ("<!DOCTYPE html><html><body>Not found</body></html>\n", "HTML page")
    ]

    @Test(arguments: ["records.csv", "records.tsv", "records.jsonl", "recipe.yaml", "key"])
    func itIsToldInPlaceOfWhatWasMeant(name: String) throws {
        for (text, word) in Self.contents {
            try TestFolder.with { folder in
                let file = folder.appending(path: name)
                try Data(text.utf8).write(to: file)
                let error = #expect(throws: (any Error).self) {
                    switch name {
                    case "recipe.yaml": _ = try Recipe.load(folder: folder)
                    case "key": _ = try InputFile(file).text(limit: 1 << 20)
                    default: try RecordReader(columns: Columns()).forEach(file: file) { _, _ in }
                    }
                }
                #expect(error.map { "\($0)" }?.contains(word) == true, "\(name): \(error.map { "\($0)" } ?? "none")")
            }
        }
    }

    // A text to label may begin in any way.
    @Test func aTextMayBeAnything() throws {
        try TestFolder.with { folder in
            let file = folder.appending(path: "texts.txt")
            try Data(Self.contents[1].0.utf8).write(to: file)
            var lines: [String] = []
            try TextLines.forEach(InputFile(file)) { line, _ in lines.append(line) }
            #expect(lines.count == 1)
        }
    }
}
