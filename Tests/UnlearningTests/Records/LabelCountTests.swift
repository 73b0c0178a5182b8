import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Labels of a file, written so that a recipe reads them back.
@Suite struct LabelCountTests {
    private struct Line: Encodable {
        let text = "a text"
        let label: String
    }

    private func count(_ labels: [String]) throws -> LabelCount {
        try TestFolder.with { folder in
            let file = folder.appending(path: "records.jsonl")
            let lines = try labels.map { String(decoding: try JSONEncoder().encode(Line(label: $0)), as: UTF8.self) }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            return try LabelCount(InputFile(file), column: "label")
        }
    }

    /// The strict reader of recipes gives back the very bytes.
    @Test func whateverALabelHoldsARecipeReadsItBack() throws {
        let labels =
            [
                "plain", "two words", "no", "Yes", "NULL", "~", "1.0", "0x1F", "1e3", "2024-01-01", "- dash", "-",
                "a: b", "a:", "#c", "c #d",
                "'single'", "\"double\"", "back\\slash", "\\n", "new\nline", "CR\r", "tab\t", " lead", "trail ",
                "two  blanks", "&a",
                "R&D", "!tag", "%x", "@y", "`z`", "{", "}", "[", "]", ",", "?", "? x", "|", ">", "=", "<<", "---",
                "...", "\u{1}", "\u{7F}",
                "\u{85}", "a\u{2028}b", "a\u{2029}b", "\u{A0}", "\u{AD}", "x\u{FEFF}", "\u{FFFE}", "\u{E000}",
                "\u{301}x", "Räte",
                "cafe\u{301}", "日本", "👨\u{200D}👩\u{200D}👧", "\u{10FFFF}", "a/b"
            ] + (1...6).map { "*a\($0)" } + (1...3).map { "a*\($0)" }
        let count = try count(labels.shuffled())
        let recipe = try RecipeFixture.parse(
            RecipeFixture.short.split(separator: "\n").filter { !$0.hasPrefix("labels") }.joined(separator: "\n")
                + "\n" + count.yaml + "\n")
        func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }
        #expect(Set(bytes(recipe.labels)) == Set(bytes(labels)) && recipe.labels.count == labels.count)
        #expect(bytes(recipe.labels) == bytes(labels).sorted { $0.lexicographicallyPrecedes($1) })
        #expect(count.yaml.contains("\n  - plain\n") && count.yaml.contains("\n  - two words\n"))
        #expect(count.yaml.contains("\n  - \"no\"\n") && count.yaml.contains("\n  - \"1.0\"\n"))
        #expect(count.yaml.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test func labelsAreCountedAsARecipeComparesThem() throws {
        let count = try count(["caf\u{E9}", "x", "cafe\u{301}", "x", "x"])
        #expect(count.labels.map(\.records) == [2, 3] && count.records == 5)
    }

    @Test func whatNoRecipeCouldNameIsRefused() throws {
        func problem(_ labels: [String]) -> RecordsError? {
            #expect(throws: RecordsError.self) { try count(labels) }
        }
        #expect(problem(["x", "x"])?.problem == .oneLabel)
        let withNUL = problem(["x", "a\u{0}b"])
        #expect(withNUL?.problem == .unusableLabel && withNUL?.line == 2)
        #expect(problem(["\u{FEFF}x", "x"])?.problem == .unusableLabel)
        let many = problem((0...LabelCount.mostLabels).map { "\($0)" })
        #expect(many?.problem == .tooManyLabels(most: LabelCount.mostLabels) && many?.line == LabelCount.mostLabels + 1)
        let empty = problem(["x", ""])
        #expect(empty?.problem == .emptyLabel && empty?.line == 2)
    }
}
