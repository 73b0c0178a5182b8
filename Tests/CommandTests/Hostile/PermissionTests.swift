import Foundation
import TestSupport
import Testing

/// What may not be read is neither missing nor damaged: the word, the advice and the status are other ones, and nothing
/// changes.
@Suite(.serialized) struct PermissionTests {
    private func with(_ body: (CommandFixture, OtherUser) throws -> Void) throws {
        try CommandFixture.with { fixture in
            guard let user = try OtherUser.make(in: fixture.folder) else { return }
            try body(fixture, user)
        }
    }

    // After one command as root in a user's workspace.
    @Test(arguments: [
        ("checkpoints/shard-1", ["predict rain", "verify", "train", "audit"]),
        (
            "records/shard-1",
            ["delete --where label=food", "delete --where label=food --dry-run", "verify", "repair", "status"]
        ),
        ("key", ["predict rain", "delete toy-01", "status", "fsck"]),
        ("signing-key.pem", ["delete toy-01", "repair", "train"]),
        ("ledger.sqlite", ["predict rain", "delete toy-01", "status", "repair"]),
        ("log", ["delete toy-01", "repair", "predict rain", "log consistency", "audit"]),
        ("log/entries.jsonl", ["log consistency", "audit"])
    ])
    func whatMayNotBeReadIsCalledThat(path: String, commands: [String]) throws {
        try with { fixture, user in
            let before = try TestFolder.contents(fixture.workspace)
            let place = fixture.workspace.appending(path: path)
            try #require(unsafe lchown(place.path, 0, 0) == 0 && chmod(place.path, 0o700) == 0)
            for command in commands {
                let outcome = try user.run(command.split(separator: " ").map(String.init))
                #expect(outcome.code == 77, "\(path), \(command): \(outcome.everything)")
                #expect(outcome.errors.contains("permi"), "\(path), \(command): \(outcome.errors)")
                for word in ["missing", "damaged, or", "no log yet", "--lost"] {
                    #expect(!outcome.everything.contains(word), "\(path), \(command): \(outcome.everything)")
                }
            }
            let changed = try TestFolder.contents(fixture.workspace).filter { before[$0.key] != $0.value }
            #expect(Set(changed.keys).isSubset(of: ["lock", "reserve"]), "\(path): \(changed.keys)")
            try user.own(fixture.workspace)
            #expect(try user.run(["fsck"]).code == 0)
        }
    }

    // Eight records have the label; the ones in a folder that may not be entered are no fewer.
    @Test func aRequestIsWholeOrNotAtAll() throws {
        try with { fixture, user in
            let place = fixture.workspace.appending(path: "records/shard-3")
            try #require(unsafe chmod(place.path, 0) == 0)
            #expect(try user.run(["delete", "--where", "label=food"]).code == 77)
            let found = try user.run(["fsck", "--json"])
            #expect(found.code == 77)
            let damages = try found.object()["damages"] as? [[String: Any]] ?? []
            #expect(!damages.isEmpty && damages.allSatisfy { $0["fault"] as? String == "not permitted" }, "\(damages)")
            try #require(unsafe chmod(place.path, 0o700) == 0)
            let deleted = try user.run(["delete", "--where", "label=food", "--json"])
            let food = try ToyRecord.all().count { $0.label == "food" }
            #expect(try deleted.object()["records_deleted"] as? Int == food, "\(deleted.everything)")
        }
    }

    @Test func aBackboneThatMayNotBeReadIsNeitherMissingNorDamaged() throws {
        try with { fixture, user in
            for path in ["toy/backbone/vocab.txt", "toy/backbone"] {
                let place = fixture.folder.appending(path: path)
                try #require(unsafe chmod(place.path, 0) == 0)
                for arguments in [["predict", "rain"], ["verify"], ["train"]] {
                    let outcome = try user.run(arguments)
                    #expect(
                        outcome.code == 77 && outcome.errors.contains("permi"),
                        "\(path), \(arguments): \(outcome.everything)")
                }
                #expect(try user.run(["fsck"]).code == 77)
                try #require(unsafe chmod(place.path, 0o755) == 0)
            }
        }
    }

    @Test func rootDoesNotWriteIntoTheWorkspaceOfAnother() throws {
        try with { fixture, user in
            let before = try TestFolder.contents(fixture.workspace)
            for arguments in [
                ["delete", "toy-01"], ["train"], ["train", "toy"], ["repair"], ["add", "toy/test.csv"],
                ["key", "rotate"]
            ] {
                let outcome = try fixture.program.run(arguments)
                #expect(
                    outcome.code == 77 && outcome.errors.contains("--as-root"), "\(arguments): \(outcome.everything)")
            }
            #expect(try TestFolder.contents(fixture.workspace) == before)
            // Asking changes nothing.
            #expect(try fixture.program.run("status").code == 0)
            #expect(try fixture.program.run("delete", "toy-01", "--as-root").code == 0)
        }
    }

    // A snapshot, a disk that is mounted read-only, a copy that belongs to somebody else.
    @Test(arguments: [["verify"], ["audit"], ["audit", "--sample", "1"]])
    func aReadOnlySnapshotIsAudited(arguments: [String]) throws {
        try with { fixture, user in
            for path in [fixture.workspace.path]
                + (try FileManager.default.subpathsOfDirectory(atPath: fixture.workspace.path)).map({
                    fixture.workspace.appending(path: $0).path
                })
            {
                var status = stat()
                try #require(unsafe lstat(path, &status) == 0 && lchown(path, 0, 0) == 0)
                try #require(unsafe chmod(path, status.st_mode & S_IFMT == S_IFDIR ? 0o555 : 0o444) == 0)
            }
            let before = try TestFolder.contents(fixture.folder)
            let outcome = try user.run(arguments)
            #expect(outcome.code == 0, "\(outcome.everything)")
            let scratch = fixture.folder.appending(path: "scratch")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
            try user.own(scratch)
            #expect(try user.run(arguments + ["--scratch", "scratch"]).code == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
            let after = try TestFolder.contents(fixture.folder).filter { !$0.key.hasPrefix(".other") }
            #expect(after == before.filter { !$0.key.hasPrefix(".other") })
        }
    }

    @Test func aScratchFolderIsOutsideAndThere() throws {
        try CommandFixture.with { fixture in
            for (place, code) in [("workspace/records", Int32(64)), ("nowhere", 73), (".", 0)] {
                let outcome = try fixture.program.run("verify", "--scratch", place)
                #expect(outcome.code == code, "\(place): \(outcome.everything)")
            }
        }
    }
}
