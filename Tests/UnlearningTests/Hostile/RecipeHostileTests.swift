import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Recipes that ask for too much, and paths in them that lead astray.
@Suite struct RecipeHostileTests {
    /// Text stays text: no variable, no escape of a URL and no user name is looked up.
    @Test(arguments: [
        "$HOME/m", "${HOME}/m", "%2e%2e/m", "`pwd`", "$(pwd)", "~root/m", "file:m", "..%2fm", "\\..\\m"
    ])
    func pathsAreTakenLiterally(path: String) throws {
        let recipe = try RecipeFixture.parse("backbone: '\(path)'\ndata: {train: ['\(path)']}\nlabels: [x, y]\n")
        #expect(recipe.backbone == path)
        #expect(recipe.data.train == [path])
        let folder = URL(filePath: "/shards/toy")
        #expect(recipe.resolve(path, relativeTo: folder).path == "/shards/toy/\(path)")
    }

    /// Cut at the NUL it would name another file than the recipe does.
    @Test(arguments: ["backbone: \"b\\0c\"\ndata: {train: [t.csv]}", "backbone: b\ndata: {train: [\"t.csv\\0\"]}"])
    func pathsWithANULAreRefused(text: String) throws {
        let error = try #require(RecipeFixture.failure(text + "\nlabels: [x, y]\n"))
        #expect(error.line != nil)
        #expect(error.description.hasSuffix("."))
    }

    @Test func nestingInBlocksIsRefusedToo() {
        for item in ["- ", "? "] {
            let deep = String(repeating: item, count: 20_000)
            #expect(RecipeFixture.failure(RecipeFixture.short + "name:\n  \(deep)x\n") != nil)
        }
    }

    @Test func aMillionKeysAreRefusedAtTheFirst() {
        let keys = (0..<60_000).map { "k\($0): 0\n" }.joined()
        let error = RecipeFixture.failure(RecipeFixture.short + keys)
        guard case .unknownKey = error?.problem else {
            Issue.record("unknown keys were accepted")
            return
        }
        #expect(error?.line == 4)
    }

    @Test func whatIsNoRegularFileIsRefusedUnread() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "recipe.yaml")
            #expect(unsafe mkfifo(url.path, 0o600) == 0)
            let pipe = #expect(throws: RecipeError.self) { try Recipe.load(folder: folder) }
            #expect(pipe?.problem == .unreadable(.notARegularFile))
            try FileManager.default.removeItem(at: url)
            try Data().write(to: url)
            try #require(unsafe truncate(url.path, 1 << 40) == 0)
            let endless = #expect(throws: RecipeError.self) { try Recipe.load(folder: folder) }
            #expect(endless?.problem == .tooLong(limit: 1 << 20))
        }
    }
}
