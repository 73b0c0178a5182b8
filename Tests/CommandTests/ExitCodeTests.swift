import Foundation
import TestSupport
import Testing

/// Exit codes of sysexits.h, and that a refused command changes nothing and quotes no record.
@Suite struct ExitCodeTests {
    @Test(arguments: [
        ["delete"], ["predict"], ["predict", "a text", "--input", "toy/test.csv"], ["frobnicate"],
        ["status", "--threads", "0"], ["status", "--threads", "1025"], ["status", "--threads", "many"],
        ["verify", "--shard", "0"], ["verify", "--shard", "4"], ["verify", "--shard", "x"],
        ["train", "--data", "toy/records.csv"],
        ["train", "--key", "toy/records.csv"], ["train", "--workspace", "nowhere"], ["status", "--colour"]
    ])
    func wrongUsageIs64(arguments: [String]) throws {
        try refused(arguments, with: 64)
    }

    @Test(arguments: [
        ["delete", "toy-25"], ["delete", "toy-01", "toy-25"], ["delete", "TOY-01"], ["delete", "toy-25", "--dry-run"]
    ])
    func anUnknownIdIs65AndChangesNothing(arguments: [String]) throws {
        try refused(arguments, with: 65)
        try refused(arguments + ["--json"], with: 65)
    }

    @Test(arguments: [
        ["status", "--workspace", "nowhere"], ["delete", "toy-01", "--workspace", "nowhere"],
        ["verify", "--workspace", "nowhere"], ["predict", "rain", "--workspace", "toy"],
        ["evaluate", "--input", "nothing.csv"], ["predict", "--input", "nothing.csv"],
        ["train", "toy", "--workspace", "new", "--data", "nothing.csv"],
        ["train", "toy", "--workspace", "new", "--backbone", "nothing"]
    ])
    func aMissingFileOrWorkspaceIs66(arguments: [String]) throws {
        try refused(arguments, with: 66)
    }

    /// What begins with a hyphen is taken for an option; whoever meant an id, an owner or a text is told how to say so.
    @Test func aNameThatBeginsWithAHyphenIsHelped() throws {
        try CommandFixture.with { fixture in
            for (arguments, hint) in [
                (["delete", "-5"], "sisa delete -- -5"),
                (["delete", "toy-01", "--5 a", "--dry-run"], "sisa delete -- '--5 a'"),
                (["predict", "-5 degrees"], "sisa predict -- '-5 degrees'"),
                (["delete", "--owner", "-5"], "--owner=-5"),
                (["audit", "--residues", "-1 o'clock"], "--residues='-1 o'\\''clock'")
            ] {
                let outcome = try fixture.program.run(arguments)
                #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.errors.hasPrefix("Error: "))
                #expect(outcome.errors.hasSuffix(hint + "\n"), "\(outcome.errors)")
            }
            #expect(try fixture.program.run("predict", "--", "-5 degrees").code == 0)
            #expect(try fixture.program.run("delete", "--dry-run", "--", "-5").code == 65)
            #expect(try fixture.program.run("delete", "--owner=-5").code == 65)
            #expect(try !fixture.program.run("status", "--colour").errors.contains("behind"))
        }
    }

    /// Runs a command that must be refused: the code, one line on standard error, none on standard output, no byte
    /// changed.
    private func refused(_ arguments: [String], with code: Int32) throws {
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.folder)
            let outcome = try fixture.program.run(arguments)
            #expect(outcome.code == code, "\(outcome.everything)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.lowercased().hasPrefix("error: "))
            #expect(try TestFolder.contents(fixture.folder) == before)
            #expect(!FileManager.default.fileExists(atPath: fixture.folder.appending(path: "nowhere").path))
        }
    }

    @Test(arguments: [
        ("shards: 3", "shard: 3"), ("epochs: 6", "epochs: many"), ("batch: 4", "batch: 0"),
        ("layers: all", "layers: [5]"), ("max_tokens: 32", "max_tokens: 1000"), ("name: toy", "name: [toy"),
        ("kind: lora, rank: 2", "kind: lora, rank: 0")
    ])
    func aWrongRecipeIs78(old: String, new: String) throws {
        try CommandFixture.with(trained: false) { fixture in
            try fixture.editRecipe(old, new)
            let outcome = try fixture.program.run("train", "toy")
            #expect(outcome.code == 78, "\(outcome.everything)")
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace.path))
        }
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.workspace)
            try fixture.editRecipe(old, new)
            #expect(try fixture.program.run("train", "toy").code == 78)
            #expect(try TestFolder.contents(fixture.workspace) == before)
        }
    }

    @Test func aRecipeOfOtherLabelsOrOtherDataIs78() throws {
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.workspace)
            #expect(try fixture.program.run("train", "toy", "--data", "toy/test.csv").code == 78)
            try fixture.editRecipe("[weather, food, travel]", "[food, weather, travel]")
            #expect(try fixture.program.run("train", "toy").code == 78)
            #expect(try TestFolder.contents(fixture.workspace) == before)
        }
    }

    @Test func aFailedVerificationIs65() throws {
        try CommandFixture.with { fixture in
            let file = try #require(
                TestFolder.contents(fixture.workspace).keys.first { $0.hasSuffix(".safetensors.planes.zst") })
            try Data("damaged".utf8).write(to: fixture.workspace.appending(path: file))
            let json = try fixture.program.run("verify", "--json")
            #expect(json.code == 65)
            #expect(try json.object()["identical"] as? Bool == false)
            let forPeople = try fixture.program.run("verify")
            #expect(forPeople.code == 65 && forPeople.errors.contains("error: not identical"))
            // What the message says to do mends it.
            #expect(try fixture.program.run("train").code == 0)
            #expect(try fixture.program.run("verify").code == 0)
        }
    }

    @Test func keysAreChecked() throws {
        try CommandFixture.with { fixture in
            try Data("not a key".utf8).write(to: fixture.folder.appending(path: "bad.txt"))
            #expect(try fixture.program.run("train", "toy", "--workspace", "new", "--key", "bad.txt").code == 64)
            try Data(String(repeating: "0", count: 64).utf8).write(to: fixture.folder.appending(path: "other.txt"))
            #expect(try fixture.program.run("train", "toy", "--key", "other.txt").code == 78)
            try FileManager.default.removeItem(at: fixture.workspace.appending(path: "key"))
            #expect(try fixture.program.run("status").code == 78)
        }
    }

    @Test func aFolderOfOtherThingsIsNotTakenForAWorkspace() throws {
        try CommandFixture.with(trained: false) { fixture in
            let before = try TestFolder.contents(fixture.folder.appending(path: "toy"))
            #expect(try fixture.program.run("train", "toy", "--workspace", "toy").code == 73)
            let after = try TestFolder.contents(fixture.folder.appending(path: "toy"))
            #expect(after.filter { $0.key != "lock" } == before)
        }
    }
}
