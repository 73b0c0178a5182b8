import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What stopped commands and changes of the recipe leave is what a fresh run leaves, in every file.
@Suite(.everyTask) struct LeftoverTests {
    private func with(_ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            try body(world, world.workspace("subject", records), records)
        }
    }

    // Shards that stay as they are, because they are empty or no weight changes, are told too.
    @Test(arguments: ["epochs", "aggregation"]) func aChangedRecipeLeavesALogThatStandsAnAudit(choice: String) throws {
        try ToyWorld.with(changing: {
            $0.adapter = .head
            $0.shards = 9
        }) { world in
            let records = Array(try ToyRecord.all().prefix(5))
            let subject = try world.workspace("subject", records)
            try #require(try subject.status().shards.contains { $0.state == .empty })
            var other = world
            if choice == "epochs" { other.recipe.epochs = 2 } else { other.recipe.aggregation = .majority }
            let changed = try other.retrain(subject).workspace
            #expect(try changed.audit().checks.flatMap(\.faults) == [])
        }
    }

    // Written half: neither the plan's nor whole, and a text that was never taken in.
    @Test func whatAKilledAdditionWroteByHalvesGoes() throws {
        try with { world, subject, records in
            let cell = world.cell(records[0])
            let next = try subject.layout().corpus.url(cell).appendingPathExtension("next")
            try Data("A text that was never taken in.".utf8).write(to: DurableFile.temporary(next))
            try JSONEncoder().encode([cell]).write(to: subject.files[.additions])
            try subject.repair()
            let truth = try Snapshot(world.workspace("truth", records))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // Killed between its transaction and its last renaming, an addition is finished before its cells go.
    @Test func aKilledAdditionIsFinishedBeforeThePlanGetsAnotherShape() throws {
        try with { world, subject, records in
            let cell = world.cell(records[0])
            let url = try subject.layout().corpus.url(cell)
            // The ledger of after, and the file of before.
            try FileManager.default.moveItem(at: url, to: url.appendingPathExtension("next"))
            try JSONEncoder().encode([cell]).write(to: subject.files[.additions])
            var other = world
            other.recipe.shards = 2
            let changed = try other.retrain(subject).workspace
            let truth = try Snapshot(other.workspace("truth", records))
            #expect(try Snapshot(changed).differences(from: truth) == [])
        }
    }

    // Records without an owner stay where they are: their shards have the same records as before, and new files of
    // features.
    @Test func aShardThatKeepsItsRecordsByChanceHasItsFeaturesToo() throws {
        try with { world, _, records in
            var other = world
            other.recipe.assignBy = .owner
            var kept: [ToyRecord] = []
            for var record in records {
                if world.cell(record).shard == 0 { record.owner = nil }
                if world.cell(record).shard == 0 || other.cell(record).shard != 0 { kept.append(record) }
            }
            try #require(kept.count < records.count)
            let changed = try other.retrain(world.workspace("kept", kept)).workspace
            let truth = try Snapshot(other.workspace("truth", kept))
            #expect(try Snapshot(changed).differences(from: truth) == [])
        }
    }

    // Begun by a transaction that was killed before it wrote: SQLite sees that there is nothing to play back, and
    // leaves it.
    @Test func aJournalThatPlaysNothingBackGoes() throws {
        try with { _, subject, _ in
            try Data(count: 512).write(to: subject.files[.journal])
            try subject.repair()
            #expect(try !DurableFile.exists(subject.files[.journal]))
            #expect(try subject.audit().checks.flatMap(\.faults) == [])
        }
    }
}
