import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Deletions that were accepted and then stopped: by a full disk, a missing backbone, a kill.
@Suite(.everyTask) struct UnfinishedDeletionTests {
    /// A workspace in which the deletion of a record is accepted, and nothing else of it done.
    private func withAccepted(
        changing change: (inout Recipe) -> Void = { _ in },
        _ body: (ToyWorld, Workspace, [ToyRecord], ToyRecord) throws -> Void
    ) throws {
        try ToyWorld.with(changing: change) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            // In the last shard, which is the first to go when there are fewer.
            let gone = try #require(records.max { world.cell($0) < world.cell($1) })
            try subject.acceptOnly([gone.recordID])
            try body(world, subject, records, gone)
        }
    }

    private func expect(_ subject: Workspace, equals truth: Workspace, without gone: ToyRecord) throws {
        #expect(try Snapshot(subject).differences(from: Snapshot(truth)) == [])
        let needle = Data(gone.text.utf8)
        #expect(try TestFolder.contents(subject.root).filter { $0.value.range(of: needle) != nil }.isEmpty)
        #expect(try subject.ledger.pending().isEmpty)
    }

    @Test func givingTheSameCommandAgainFinishesIt() throws {
        try withAccepted { world, subject, records, gone in
            try subject.delete([gone.recordID])
            try expect(subject, equals: world.workspace("truth", records.without([gone])), without: gone)
            #expect(try subject.delete([gone.recordID]).isRepeated)
        }
    }

    @Test func statusSaysThatTheShardIsNotFinished() throws {
        try withAccepted { world, subject, _, gone in
            let shard = world.cell(gone).shard
            #expect(try subject.status().shards[shard].state == .influenceFree)
            try subject.resume()
            #expect(try subject.status().shards[shard].state == .retrainEquivalent)
        }
    }

    @Test func statusOfAShardWhoseLastRecordIsNotYetDestroyedIsNotEmpty() throws {
        try ToyWorld.with { world in
            let record = try ToyRecord.all()[0]
            let subject = try world.workspace("subject", [record])
            try subject.acceptOnly([record.recordID])
            let shard = world.cell(record).shard
            #expect(try subject.status().shards[shard].state == .influenceFree)
            try subject.resume()
            #expect(try subject.status().shards[shard].state == .empty)
        }
    }

    @Test(arguments: [1, 2, 7])
    func aChangeOfShardsFinishesItOnTheWay(shards: Int) throws {
        try withAccepted { world, subject, records, gone in
            var other = world
            other.recipe.shards = shards
            let changed = try other.retrain(subject).workspace
            try expect(changed, equals: other.workspace("truth", records.without([gone])), without: gone)
            #expect(try changed.verify().isIdentical)
        }
    }

    @Test func aChangeOfShardsAfterEverythingWasDeletedIsNoError() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try subject.delete(records.map(\.recordID))
            var other = world
            other.recipe.shards = 1
            #expect(try other.retrain(subject).workspace.status().records == 0)
        }
    }

    // A change of shape writes all records anew; it must not make damage the truth.
    @Test(arguments: [CorpusSurgeon.Edit.text, .label, .removal])
    func aChangeOfShardsRefusesDamagedRecords(edit: CorpusSurgeon.Edit) throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            try CorpusSurgeon.edit(edit, workspace: subject.root)
            let before = try TestFolder.contents(subject.root).filter { $0.key.hasPrefix("records") }
            var other = world
            other.recipe.shards = 2
            #expect {
                try other.retrain(subject)
            } throws: { error in
                if case CorpusError.recordsDamaged = error { true } else { false }
            }
            #expect(try TestFolder.contents(subject.root).filter { $0.key.hasPrefix("records") } == before)
        }
    }

    @Test func aLostPartOfTheIndexIsFoundAndMadeAnew() throws {
        try ToyWorld.with(changing: {
            $0.assignBy = .owner; $0.data.columns.owner = "owner"
        }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            #expect(try subject.verify().isIdentical)
            let before = try TestFolder.contents(subject.layout().index.root)
            try FileManager.default.removeItem(at: subject.layout().index.folder(.ids))
            #expect(try !subject.verify().isIdentical)
            try subject.resume()
            #expect(try TestFolder.contents(subject.layout().index.root) == before)
            #expect(try subject.verify().isIdentical)
        }
    }

    @Test func filesOfOthersStayWhereTheyAre() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let mine = ["records-export.jsonl", "records.csv", "records-old"]
            for name in mine { try Data("mine".utf8).write(to: subject.root.appending(path: name)) }
            try subject.resume()
            for name in mine {
                #expect(FileManager.default.fileExists(atPath: subject.root.appending(path: name).path), "\(name)")
            }
        }
    }

    @Test func aFolderWithAKeyAndForeignFilesIsNoPlaceForAWorkspace() throws {
        try ToyWorld.with { world in
            let root = world.root("foreign")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            try Data(world.key.hexadecimal.utf8).write(to: root.appending(path: "key"))
            try Data("mine".utf8).write(to: root.appending(path: "records.csv"))
            #expect(throws: WorkspaceError.occupied(path: root.path)) {
                try world.workspace("foreign", ToyRecord.all())
            }
            #expect(try TestFolder.contents(root).keys.sorted() == ["key", "records.csv"])
        }
    }

    @Test func anIDThatNoCommandCanNameIsRefused() throws {
        try ToyWorld.with { world in
            for id in ["a\u{0}b", String(repeating: "x", count: 65_537)] {
                let odd = ToyRecord(id: id, owner: "o", text: "A text.", label: "food")
                #expect(throws: RecordsError.self) { try world.workspace("odd", ToyRecord.all() + [odd]) }
            }
        }
    }
}
