import Foundation
import TestSupport
import Testing

/// A folder with a copy of the toy recipe, its records and its backbone, and the program to run in it.
struct CommandFixture {
    let folder: URL
    var program: Program

    var workspace: URL { folder.appending(path: "workspace") }
    var recipe: URL { folder.appending(path: "toy/recipe.yaml") }

    /// Calls `body` with a new fixture, trained unless told otherwise; its folder is removed afterwards.
    static func with(trained: Bool = true, _ body: (CommandFixture) throws -> Void) throws {
        try TestFolder.with { folder in
            try FileManager.default.copyItem(at: ToyWorld.recipeFolder, to: folder.appending(path: "toy"))
            let key = String(repeating: "5a17", count: 16)
            try Data(key.utf8).write(to: folder.appending(path: "key.txt"))
            let fixture = CommandFixture(folder: folder, program: Program(folder: folder))
            if trained {
                let outcome = try fixture.program.run("train", "toy", "--key", "key.txt", "--json")
                try #require(outcome.code == 0, "\(outcome.everything)")
            }
            try body(fixture)
        }
    }

    /// Replaces a part of the recipe's text.
    func editRecipe(_ old: String, _ new: String) throws {
        let text = try String(contentsOf: recipe, encoding: .utf8)
        try #require(text.contains(old))
        try Data(text.replacing(old, with: new).utf8).write(to: recipe)
    }
}
