import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// When a backbone's digest is believed, and when its files are hashed again.
@Suite struct BackboneStampTests {
    private typealias File = BackboneStamp.File
    private static let second: Int64 = 1_000_000_000

    private func look(
        path: String = "/m", name: String = "model.safetensors", device: UInt64 = 1, inode: UInt64 = 2, size: Int64 = 3,
        modified: Int64 = 100 * second, changed: Int64 = 100 * second, taken: Int64 = 200 * second
    ) -> BackboneStamp.Look {
        BackboneStamp.Look(
            path: path,
            files: [
                File(name: name, device: device, inode: inode, size: size, modified: modified, changed: changed)
            ], taken: taken)
    }

    @Test func everyDifferenceIsSeen() {
        let stamp = BackboneStamp(look(), digest: [1])
        #expect(stamp.vouches(for: look()))
        #expect(stamp.vouches(for: look(taken: 300 * Self.second)))
        let others = [
            look(path: "/n"), look(name: "vocab.txt"), look(device: 9), look(inode: 9), look(size: 9),
            look(modified: 100 * Self.second + 1), look(changed: 100 * Self.second + 1),
            BackboneStamp.Look(path: "/m", files: [], taken: 200 * Self.second)
        ]
        for other in others { #expect(!stamp.vouches(for: other), "\(other)") }
    }

    @Test(arguments: [(0, false), (2 * second - 1, false), (-second, false), (2 * second, true)])
    func aFileThatWasYoungWhenItWasHashedIsHashedAgain(age: Int64, isBelieved: Bool) {
        for old in [look(modified: 200 * Self.second - age), look(changed: 200 * Self.second - age)] {
            #expect(BackboneStamp(old, digest: [1]).vouches(for: old) == isBelieved)
        }
    }

    @Test func aBackboneOfNoFilesIsNeverVouchedFor() {
        let none = BackboneStamp.Look(path: "/m", files: [], taken: 0)
        #expect(!BackboneStamp(none, digest: [1]).vouches(for: none))
    }

    /// A stamp for the files as they are now, as if they had been there for long.
    private func forge(_ workspace: Workspace) throws {
        let now = BackboneStamp.Look(try workspace.backboneFolder())
        let old = BackboneStamp.Look(path: now.path, files: now.files, taken: .max)
        let stamp = BackboneStamp(old, digest: try workspace.backboneDigest())
        try workspace.ledger.set(["backbone_stamp": try JSONEncoder().encode(stamp)])
    }

    private func flipLastBit(_ folder: URL) throws {
        let file = folder.appending(path: "vocab.txt")
        let handle = try FileHandle(forUpdating: file)
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: end - 1)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: end - 1)
        try handle.write(contentsOf: Data([byte ^ 1]))
        try handle.close()
    }

    @Test func aChangedBackboneIsNoticedThoughItsSizeAndTimeAreTheOldOnes() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try forge(subject)
            _ = try subject.predict(["rain"])
            let file = world.backbone.appending(path: "vocab.txt").path
            let time = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate]
            try flipLastBit(world.backbone)
            try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: file)
            #expect(throws: WorkspaceError.self) { try subject.predict(["rain"]) }
            #expect(throws: DeletionError.self) { try subject.delete([records[0].recordID]) }
        }
    }

    @Test func verificationBelievesNoStamp() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let subject = try world.workspace("subject", ToyRecord.all())
            try flipLastBit(world.backbone)
            try forge(subject)
            // A lie that every other command believes.
            #expect(try subject.checkedBackbone().digest == subject.backboneDigest())
            #expect(throws: WorkspaceError.self) { try subject.checkedBackbone(isFull: true) }
            #expect(throws: WorkspaceError.self) { try subject.verify() }
        }
    }

    @Test func whoOnlyReadsWritesNoStamp() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            try LedgerSurgeon.execute("DELETE FROM facts WHERE name = 'backbone_stamp'", workspace: subject.root)
            let before = try TestFolder.contents(subject.root)
            _ = try Workspace(at: subject.root, .read).predict(["rain"])
            #expect(try TestFolder.contents(subject.root) == before)
            try subject.resume()
            #expect(try subject.ledger.fact("backbone_stamp") != nil)
        }
    }
}
