import Foundation
import TestSupport
import Testing

/// A link inside a workspace is never followed, replaced or removed: what it leads to would outlive a deletion, and a
/// receipt would deny it.
@Suite struct LinkTests {
    @Test(arguments: [
        "records", "records/shard-1", "records/shard-1/slice-1.jsonl", "checkpoints", "checkpoints/shard-1", "index",
        "index/texts", "log",
        "log/entries.jsonl", "key", "ledger.sqlite", "signing-key.pem"
    ])
    func aLinkEndsEveryCommandThatWouldFollowIt(path: String) throws {
        try CommandFixture.with { fixture in
            let place = fixture.workspace.appending(path: path)
            let elsewhere = fixture.folder.appending(path: "elsewhere")
            try FileManager.default.moveItem(at: place, to: elsewhere)
            try FileManager.default.createSymbolicLink(at: place, withDestinationURL: elsewhere)
            let before = try TestFolder.contents(fixture.folder)
            let found = try fixture.program.run("fsck")
            #expect([65, 78].contains(found.code) && found.everything.contains("link"), "\(found.everything)")
            for arguments in [["delete", "--where", "label=food"], ["train"], ["repair"]] {
                let outcome = try fixture.program.run(arguments)
                #expect(outcome.code == 78, "\(path), \(arguments): \(outcome.everything)")
                #expect(outcome.errors.contains("symbolic link"), "\(path), \(arguments): \(outcome.errors)")
                #expect(!outcome.output.contains("receipt"), "\(path), \(arguments): \(outcome.output)")
            }
            // What it leads to is as it was.
            let after = try TestFolder.contents(fixture.folder)
            for (name, bytes) in before where name.hasPrefix("elsewhere") { #expect(after[name] == bytes, "\(name)") }
            try FileManager.default.removeItem(at: place)
            try FileManager.default.moveItem(at: elsewhere, to: place)
            #expect(try fixture.program.run("repair").code == 0)
            #expect(try fixture.program.run("verify").code == 0)
        }
    }

    @Test func aReceiptThatIsALinkIsNone() throws {
        try CommandFixture.with { fixture in
            let deleted = try fixture.program.run("delete", "toy-01", "--json")
            let receipt = URL(filePath: try #require(try deleted.object()["receipt"] as? String))
            let elsewhere = fixture.folder.appending(path: "elsewhere.json")
            try FileManager.default.moveItem(at: receipt, to: elsewhere)
            try FileManager.default.createSymbolicLink(at: receipt, withDestinationURL: elsewhere)
            #expect(try fixture.program.run("fsck").code == 65)
            for arguments in [["log", "consistency"], ["delete", "toy-01"]] {
                let outcome = try fixture.program.run(arguments)
                #expect(
                    outcome.code == 78 && outcome.errors.contains("symbolic link"),
                    "\(arguments): \(outcome.everything)")
            }
            // What a person names, outside of the workspace, may be one.
            try FileManager.default.removeItem(at: receipt)
            try FileManager.default.copyItem(at: elsewhere, to: receipt)
            let link = fixture.folder.appending(path: "link.json")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: elsewhere)
            #expect(try fixture.program.run("log", "replay", link.path).code == 0)
        }
    }

    @Test func aSearchForWordsSaysWhatItDidNotLookInto() throws {
        try CommandFixture.with { fixture in
            let place = fixture.workspace.appending(path: "features-of-old")
            try FileManager.default.createSymbolicLink(
                at: place, withDestinationURL: fixture.folder.appending(path: "toy"))
            let outcome = try fixture.program.run("audit", "--residues", "nothing-has-this-word")
            #expect(outcome.code == 65 && outcome.output.contains("a link: not searched"), "\(outcome.everything)")
        }
    }

    // The path that a person names may be one.
    @Test func aWorkspaceThatIsReachedByALinkIsAnyOther() throws {
        try CommandFixture.with { fixture in
            let link = fixture.folder.appending(path: "current")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: fixture.workspace)
            #expect(try fixture.program.run("delete", "toy-01", "--workspace", "current").code == 0)
            #expect(try fixture.program.run("verify", "--workspace", "current").code == 0)
            let type = try FileManager.default.attributesOfItem(atPath: link.path)[.type] as? FileAttributeType
            #expect(type == .typeSymbolicLink)
        }
    }
}
