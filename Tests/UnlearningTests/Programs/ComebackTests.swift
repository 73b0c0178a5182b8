import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A record that was deleted and came back is a record like any other: what was said of its first life deletes nothing
/// of its second.
@Suite(.everyTask) struct ComebackTests {
    private func with(
        by assignBy: Recipe.AssignBy = .id, _ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void
    ) throws {
        try ToyWorld.with(changing: {
            $0.adapter = .head
            $0.assignBy = assignBy
        }) { world in
            let records = try ToyRecord.all()
            try body(world, world.workspace("subject", records), records)
        }
    }

    @Test func anOldReceiptDoesNotPassForTheDeletionOfWhatCameBack() throws {
        try with { world, subject, records in
            let both = Array(records[4...5])
            try subject.delete(both.recordIDs)
            try subject.add([world.file("back.jsonl", [both[0]])])
            // All or none: the other one is unknown by now.
            #expect(throws: DeletionError.self) { try subject.delete(both.recordIDs) }
            let there = try Snapshot(world.workspace("there", records.without([both[1]])))
            #expect(try Snapshot(subject).differences(from: there) == [])
            #expect(try subject.delete([both[0].recordID]).recordsDeleted == 1)
            #expect(try subject.delete(both.recordIDs).isRepeated)
            let truth = try Snapshot(world.workspace("truth", records.without(both)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // The addition was stopped before any shard was trained: the first deletion still waits in the cell of the old
    // owner.
    @Test func aRecordThatCameBackUnderAnotherOwnerIsDeletedWhileItsFirstDeletionWaits() throws {
        try with(by: .owner) { world, subject, records in
            var back = records[5]
            back.owner = "somebody else"
            try #require(world.cell(back) != world.cell(records[5]))
            try subject.delete(DeletionRequest(ids: [back.recordID], defersRepair: true))
            let stopped = world.root("stopped")
            let file = try world.file("back.jsonl", [back])
            try subject.add([file]) { event in
                guard case .began = event else { return }
                do { try FileManager.default.copyItem(at: subject.root, to: stopped) } catch { Issue.record(error) }
            }
            let opened = try Workspace(at: stopped)
            try #require(try opened.ledger.recordCount() == records.count && !opened.ledger.pending().isEmpty)
            #expect(try opened.delete([back.recordID]).request != nil)
            try opened.resume()
            let truth = try Snapshot(world.workspace("truth", records.without([back])))
            #expect(try Snapshot(opened).differences(from: truth) == [])
            #expect(try opened.receiptFiles().count == 2)
        }
    }
}
