import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A file of features that is not what was written is as good as none: no error, and no wrong bit.
@Suite struct FeatureDamageTests {
    private struct World {
        let world: ToyWorld
        let original: Workspace
        let truth: [String: [UInt8]]
        let files: [String: Data]
    }

    private func with(_ kind: FeatureKind, _ body: (World) throws -> Void) throws {
        try kind.with(changing: { ($0.shards, $0.slices, $0.epochs) = (1, 2, 1) }) { world in
            let original = try world.workspace("original", ToyRecord.all())
            try body(
                World(
                    world: world, original: original, truth: try original.results(),
                    files: try original.featureFiles()))
        }
    }

    private func expectMended(_ subject: Workspace, _ world: World, _ comment: Comment) throws {
        try subject.trainAgain()
        #expect(try subject.results() == world.truth, comment)
        #expect(try subject.featureFiles() == world.files, comment)
    }

    @Test(arguments: FeatureKind.all)
    func flippedBitsAreFound(kind: FeatureKind) throws {
        try with(kind) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let url = try subject.layout().features.url(Cell(shard: 0, slice: 0))
            let whole = try Data(contentsOf: url)
            let entry = FeatureFile.headerBytes
            // Magic, trunk, width, the first entry's name, rows and values, the last value, the seal.
            let places = [
                0, 20, FeatureFile.headerBytes - 8, FeatureFile.headerBytes - 1, entry, entry + 31, entry + 32,
                entry + 39, entry + 40, entry + 43, whole.count - 33, whole.count - 32, whole.count - 1
            ]
            for place in places {
                var bytes = whole
                bytes[place] ^= 0x10
                try bytes.write(to: url)
                try expectMended(subject, world, "byte \(place)")
            }
        }
    }

    @Test(arguments: FeatureKind.all)
    func truncatedSwappedAndForeignFilesAreFound(kind: FeatureKind) throws {
        try with(kind) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let store = try subject.layout().features
            let (one, two) = (store.url(Cell(shard: 0, slice: 0)), store.url(Cell(shard: 0, slice: 1)))
            let (first, second) = (try Data(contentsOf: one), try Data(contentsOf: two))
            for count in [0, 1, 55, 88, 89, first.count / 2, first.count - 32, first.count - 1] {
                try first.prefix(count).write(to: one)
                try expectMended(subject, world, "\(count) bytes")
            }
            try (first + first).write(to: one)
            try expectMended(subject, world, "twice")
            try first.write(to: two)
            try second.write(to: one)
            try expectMended(subject, world, "swapped")

            // The same records under another key: names and seals are others.
            var other = world.world
            other.key = try WorkspaceKey(hexadecimal: String(repeating: "77", count: 32))
            let foreign = try other.workspace("foreign", ToyRecord.all())
            for (name, bytes) in try foreign.featureFiles() { try bytes.write(to: store.root.appending(path: name)) }
            try expectMended(subject, world, "foreign")
        }
    }

    // Entries of live records that are genuine, but not the beginning of the slice.
    @Test func aFileWithAHoleIsWrittenAnew() throws {
        try with(FeatureKind.all[0]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let cell = Cell(shard: 0, slice: 1)
            let store = try subject.layout().features
            let live = try subject.records(shard: 0).filter { $0.cell == cell }.map(\.record)
            for hole in [0, 1, live.count - 1] {
                var left = live
                left.remove(at: hole)
                try store.keep(left, cell)
                #expect(store.read(cell)?.entries.count == live.count - 1)
                try expectMended(subject, world, "without \(hole)")
            }
        }
    }

    // Genuine, and of the same trunk, but of another cell: nobody trains there, so nobody reads it.
    @Test func aFileThatWasMovedToAnotherCellIsSwept() throws {
        try with(FeatureKind.all[0]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let store = try subject.layout().features
            let slices = try subject.ledger.occupiedSlices(shard: 0)
            let (from, to) = (Cell(shard: 0, slice: slices[0]), Cell(shard: 0, slice: slices[1]))
            try FileManager.default.removeItem(at: store.url(to))
            try FileManager.default.copyItem(at: store.url(from), to: store.url(to))
            try subject.resume()
            #expect(!FileManager.default.fileExists(atPath: store.url(to).path))
        }
    }

    @Test func aDeletionLeavesNoHalfWrittenFileOfItsShard() throws {
        try with(FeatureKind.all[2]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let gone = try ToyRecord.all()[0]
            let cell = world.world.cell(gone)
            let left = try subject.layout().features.folder(shard: cell.shard).appending(
                path: ".writing-slice-9.features")
            try Data("half".utf8).write(to: left)
            try subject.acceptOnly([gone.recordID])
            try subject.destroyRecordsOnly()
            #expect(!FileManager.default.fileExists(atPath: left.path))
        }
    }

    // A cache must not take what checkpoints and the ledger need.
    @Test func aFileThatWouldTakeTheDisksLastRoomIsNotWritten() throws {
        try with(FeatureKind.all[0]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let cell = Cell(shard: 0, slice: 1)
            let live = try subject.records(shard: 0).filter { $0.cell == cell }.map(\.record)
            let model = try subject.model(training: false)
            for (reserve, expected) in [(Int.max, 0), (0, live.count)] {
                let root = world.world.folder.appending(path: "reserve-\(reserve)")
                let store = FeatureStore(
                    root, subject.recipe, subject.key, backbone: try subject.backboneDigest(), reserve: reserve)
                #expect(try store.complete(cell, live, model, threads: 1).count == expected)
                #expect(FileManager.default.fileExists(atPath: store.url(cell).path) == (expected > 0))
            }
        }
    }

    @Test func whatKilledWritersLeftIsSwept() throws {
        try with(FeatureKind.all[2]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let root = try subject.layout().features.root
            for name in [
                "shard-1/.writing-slice-1.features", "shard-1/slice-3.features", "shard-1/x", "shard-9/slice-1.features"
            ] {
                try FileManager.default.createDirectory(
                    at: root.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(world.files.values.first ?? Data()).write(to: root.appending(path: name))
            }
            try subject.resume()
            #expect(try subject.featureFiles() == world.files)
        }
    }

    @Test func aVerificationAsksNoFileOfFeatures() throws {
        try with(FeatureKind.all[0]) { world in
            let subject = try world.world.copy(world.original, as: "subject")
            let before = try TestFolder.contents(subject.root)
            #expect(try subject.verify().isIdentical)
            #expect(try TestFolder.contents(subject.root) == before)
            try FileManager.default.removeItem(at: subject.layout().features.root)
            #expect(try subject.verify().isIdentical)
            #expect(try subject.featureFiles().isEmpty)
        }
    }
}
