import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Editors put a byte order mark before what a person writes.
@Suite struct RecipeBeginningTests {
    private static func write(_ text: String, _ name: String, in folder: URL) throws -> URL {
        let file = folder.appending(path: name)
        try Data([0xEF, 0xBB, 0xBF] + text.utf8).write(to: file)
        return file
    }

    @Test func aByteOrderMarkMayBeginARecipeAndAKey() throws {
        try TestFolder.with { folder in
            let recipe = try Self.write(RecipeFixture.short, "recipe.yaml", in: folder)
            #expect(try Recipe.load(folder: recipe).labels == ["x", "y"])
            let digits = String(repeating: "5a17", count: 16)
            #expect(try WorkspaceKey(hexadecimal: "\u{FEFF}\(digits)\r\n").hexadecimal == digits)
        }
    }

    @Test func aRecipeThatWasKeptBeforeThereWasAChoiceOfQuotingHasQuotes() throws {
        var recipe = try RecipeFixture.parse(RecipeFixture.short)
        #expect(recipe.data.quoting == .quotes)
        // Else the digest of the plan, which a log keeps, would be another one than before there was the choice.
        #expect(!recipe.fields.contains { $0.keyPath == "data.quoting" })
        let kept = String(decoding: try JSONEncoder().encode(recipe), as: UTF8.self)
        let older = kept.replacing("\"quoting\":\"quotes\",", with: "").replacing(",\"quoting\":\"quotes\"", with: "")
        #expect(older != kept)
        #expect(try JSONDecoder().decode(Recipe.self, from: Data(older.utf8)) == recipe)
        let other = try RecipeFixture.parse(
            RecipeFixture.short.replacing("[t.csv]", with: "[t.csv], quoting: none"))
        #expect(other.differences(from: recipe) == ["data.quoting"])
        recipe.data.quoting = .none
        #expect(other.trainingIdentity == recipe.trainingIdentity)
    }
}
