@testable import Unlearning

enum RecipeFixture {
    /// The shortest recipe there can be.
    static let short = "backbone: b\ndata: {train: [t.csv]}\nlabels: [x, y]\n"

    static func parse(_ text: String) throws(RecipeError) -> Recipe {
        try Recipe.parse(Array(text.utf8), file: "recipe.yaml", defaultName: "folder")
    }

    /// The shortest recipe with something added.
    static func parse(adding text: String) throws(RecipeError) -> Recipe {
        try parse(short + text)
    }

    static func failure(_ text: String) -> RecipeError? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return error
        }
    }
}
