import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A deletion that is deferred forgets at once, and is repaired later, together with others.
@Suite(.everyTask) struct RepairTests {
    @Test func deferredDeletionsForgetAndOneRepairTrainsEachShardOnce() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = stride(from: 0, to: 12, by: 3).map { records[$0] }
            for record in gone {
                let report = try subject.delete(DeletionRequest(ids: [record.recordID], defersRepair: true))
                #expect(!report.isRepaired)
                let shard = world.cell(record).shard
                #expect(try subject.status().shards[shard].state == .influenceFree)
                let text = Data(record.text.utf8)
                #expect(try !TestFolder.contents(subject.root).values.contains { $0.range(of: text) != nil })
                _ = try subject.voters()
            }
            let together = try world.copy(world.workspace("together", records), as: "batch")
            let batch = try together.delete(gone.recordIDs)
            let report = try subject.repair()
            #expect(report.stagesTrained == batch.shards.reduce(0) { $0 + $1.stages } && report.shardsLeft == 0)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try subject.repair().stagesTrained == 0)
        }
    }

    @Test func aRepairWithoutTimeLeavesEveryShardWaiting() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = try (0..<3).map { shard in
                try #require(records.first { world.cell($0).shard == shard })
            }
            try subject.delete(DeletionRequest(ids: gone.recordIDs, defersRepair: true))
            let none = try subject.repair(within: 0)
            #expect(none.stagesTrained == 0 && none.shardsLeft == 3)
            #expect(try subject.status().shards.allSatisfy { $0.state == .influenceFree })
            let all = try subject.repair(within: 3600)
            #expect(all.shardsLeft == 0)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func aRepairBeginsNoShardWhenItsRecordPassesAreSpent() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = try (0..<3).map { shard in
                try #require(records.first { world.cell($0).shard == shard })
            }
            let costs = try subject.planDeletion(gone.recordIDs).shards.map(\.recordPasses)
            try subject.delete(DeletionRequest(ids: gone.recordIDs, defersRepair: true))
            #expect(try subject.repair(recordPasses: 0).shardsLeft == 3)
            // One less than the first costs begins it, exactly what it costs begins no other.
            #expect(try subject.repair(recordPasses: costs[0]).shardsLeft == 2)
            #expect(try subject.repair(recordPasses: costs[1] + 1).shardsLeft == 0)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func statusTellsWhatWaitsAndSinceWhen() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            #expect(try subject.status().requests.isEmpty)
            for (number, record) in records.prefix(2).enumerated() {
                try subject.delete(
                    DeletionRequest(ids: [record.recordID], defersRepair: true, requestID: "request-\(number)"))
            }
            let status = try subject.status()
            #expect(Set(status.requests.map(\.id)) == ["request-0", "request-1"])
            #expect(status.requests.map(\.accepted) == status.requests.map(\.accepted).sorted())
            #expect(status.shards.reduce(0) { $0 + $1.recordsWaiting } == 2)
            try subject.repair()
            #expect(try subject.status().requests.isEmpty)
            let waiting = try subject.status().shards.map(\.recordsWaiting)
            #expect(waiting.allSatisfy { $0 == 0 })
        }
    }

    // An addition that was killed while it trained leaves no deletion, and stages that are missing.
    @Test func aRepairTrainsWhateverIsMissing() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let truth = try Snapshot(subject)
            try LedgerSurgeon.execute("DELETE FROM checkpoints WHERE shard = 1 AND stage > 1", workspace: subject.root)
            #expect(try subject.repair().stagesTrained > 0)
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // A repair finishes forgetting first, whatever was killed where.
    @Test func aRepairFinishesADeletionThatWasKilledAfterItsCommit() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try subject.acceptOnly([records[7].recordID])
            try subject.repair()
            let truth = try Snapshot(world.workspace("truth", records.without([records[7]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }
}
