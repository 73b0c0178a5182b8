import Foundation
import TestSupport
import Testing

/// `sisa export` as people and programs use it.
@Suite struct ExportCommandTests {
    @Test func anAdapterIsWritten() throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run("export", "2", "adapter", "--json")
            let object = try outcome.object()
            #expect(outcome.code == 0 && object["shard"] as? Int == 2 && object["loads_in_peft"] as? Bool == true)
            let files = try #require(object["files"] as? [String])
            #expect(
                files.map { URL(filePath: $0).lastPathComponent } == [
                    "adapter_model.safetensors", "adapter_config.json"
                ])
            for file in files { #expect(FileManager.default.fileExists(atPath: file)) }
            #expect((object["digest"] as? String)?.count == 64)
            // Nothing is overwritten, and what is there stays.
            let before = try TestFolder.contents(fixture.folder.appending(path: "adapter"))
            #expect(try fixture.program.run("export", "2", "adapter").code == 73)
            #expect(try TestFolder.contents(fixture.folder.appending(path: "adapter")) == before)
            let people = try fixture.program.run("export", "2", "other", "--stage", "1")
            #expect(people.code == 0 && people.output.contains("stage 1") && people.output.contains("pooling: mean"))
        }
    }

    @Test func mistakesHaveExitCodes() throws {
        try CommandFixture.with { fixture in
            let program = fixture.program
            for (words, code) in [
                (["0", "a"], 64), (["9", "a"], 64), (["-1", "a"], 64), (["x", "a"], 64), (["1"], 64),
                (["1", "a", "--stage", "0"], 64), (["1", "a", "--stage", "99999999999999999999"], 64),
                (["1", "a", "--stage", "9223372036854775807"], 64), (["9223372036854775807", "a"], 64),
                (["1", "workspace/a"], 64), (["1", "toy/recipe.yaml"], 73), (["1", "toy/recipe.yaml/folder"], 74),
                (["1", "a", "--workspace", "toy"], 66)
            ] as [([String], Int32)] {
                let outcome = try program.run(["export"] + words)
                #expect(outcome.code == code, "\(words): \(outcome.everything)")
                #expect(outcome.output.isEmpty && outcome.errors.count > 20)
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.folder.appending(path: "a").path))
        }
    }
}
