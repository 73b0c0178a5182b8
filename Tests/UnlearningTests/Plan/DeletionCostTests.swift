import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What a deletion is said to cost is what its repair then does.
@Suite struct DeletionCostTests {
    @Test(arguments: UInt64(0)..<10)
    func theDryRunSaysWhatTheRepairThenCounts(seed: UInt64) throws {
        try ToyWorld.with(changing: { if seed % 2 == 0 { $0.epochs = 3.5 } }) { world in
            var generator = SeededGenerator(seed: seed)
            let records = try ToyRecord.all()
            let gone = Array(records.shuffled(using: &generator).prefix(Int(seed) + 1))
            let subject = try world.workspace("subject", records)
            let before = try TestFolder.contents(subject.root)
            let plan = try subject.planDeletion(gone.recordIDs)
            #expect(plan.isDryRun)
            #expect(try TestFolder.contents(subject.root) == before)

            let old = Set(try (0..<3).flatMap { try subject.ledger.stages(shard: $0).map(\.key) })
            let report = try subject.delete(gone.recordIDs)
            #expect(!report.isDryRun && report.seconds >= report.influenceFreeSeconds)
            #expect(report.shards == plan.shards && report.fullRecordPasses == plan.fullRecordPasses)
            #expect(report.recordsDeleted == gone.count)

            // The rows that are new are the stages that were trained again; together with the others, a training from
            // nothing.
            var (again, full) = (0, 0)
            for shard in 0..<3 {
                let rows = try subject.ledger.stages(shard: shard)
                let new = rows.filter { !old.contains($0.key) }
                let said = report.shards.first { $0.shard == shard }
                #expect(new.count == said?.stages ?? 0)
                #expect(new.reduce(0) { $0 + $1.recordPasses } == said?.recordPasses ?? 0)
                again += new.reduce(0) { $0 + $1.recordPasses }
                full += rows.reduce(0) { $0 + $1.recordPasses }
            }
            #expect(report.recordPasses == again && report.fullRecordPasses == full)
            let truth = try world.workspace("truth", records.without(gone)).status()
            #expect(truth.recordPasses == full)
        }
    }

    @Test func recordsTrainedAgainAreCountedOnceEach() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = try #require(records.first { world.cell($0).slice == 1 })
            let report = try subject.delete([gone.recordID])
            // With 2.4 epochs a stage visits all records of its slices, so all that are left in the shard are seen
            // again.
            let shard = world.cell(gone).shard
            #expect(report.recordsRetrained == records.filter { world.cell($0).shard == shard }.count - 1)
            #expect(report.shards.map(\.slice) == [1])
        }
    }

    // So few epochs that a stage visits its own slice whole, and each other record with a chance of about 2^-41.
    @Test(arguments: 0..<4) func aRecordThatNoStageVisitsAgainIsNotTrainedAgain(slice: Int) throws {
        try ToyWorld.with(changing: { $0.epochs = 0x1p-40 }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = try #require(records.first { world.cell($0).slice == slice })
            let report = try subject.delete([gone.recordID])
            let cell = world.cell(gone)
            let again = records.without([gone]).map(world.cell).count {
                $0.shard == cell.shard && $0.slice >= slice
            }
            #expect(report.recordsRetrained == again && report.recordPasses == again)
        }
    }

    @Test func anUnknownIdChangesNoByte() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let before = try TestFolder.contents(subject.root)
            let wrong = ["toy-25", "TOY-01", "toy-01 ", "", "toy-0"].map(RecordID.init)
            for id in wrong {
                #expect(throws: DeletionError.self) { try subject.delete([records[0].recordID, id]) }
                #expect(throws: DeletionError.self) { try subject.planDeletion([id]) }
            }
            #expect(throws: DeletionError.self) { try subject.delete([]) }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }
}
