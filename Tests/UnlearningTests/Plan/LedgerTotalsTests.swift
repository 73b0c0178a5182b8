import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The ledger's totals are a function of its rows, whatever happened before.
@Suite struct LedgerTotalsTests {
    private func expectTotals(_ workspace: Workspace, _ comment: Comment) throws {
        let totals = try #require(try workspace.ledger.totals())
        let rows = try workspace.ledger.stages().values.joined()
        #expect(totals.stages == rows.count, comment)
        #expect(totals.recordPasses == rows.reduce(0) { $0 + $1.recordPasses }, comment)
        let occupied = try workspace.ledger.slices().joined().count { $0.records > 0 }
        #expect(totals.slices == occupied, comment)
    }

    @Test func theyFollowEveryChange() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try expectTotals(subject, "trained")
            for record in records.prefix(8) {
                try subject.delete([record.recordID])
                try expectTotals(subject, "deleted \(record.id)")
            }
            try subject.acceptOnly([records[9].recordID])
            try expectTotals(subject, "accepted")
            try LedgerSurgeon.execute("DELETE FROM checkpoints WHERE stage >= 2", workspace: subject.root)
            try expectTotals(subject, "damaged")
            try subject.resume()
            try expectTotals(subject, "resumed")
            var other = world
            other.recipe.shards = 2
            other.recipe.epochs = 3
            let changed = try other.retrain(subject).workspace
            try expectTotals(changed, "another shape")
            try changed.delete(records.suffix(14).map(\.recordID))
            try expectTotals(changed, "everything deleted")
        }
    }

    @Test func theyFollowAStageThatIsEnteredAgain() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let chain = subject.chain(try subject.backboneDigest())
            let row = try #require(try subject.ledger.stages(shard: 0).first)
            let again = StageRow(
                stage: row.stage, key: row.key, digest: row.digest, size: row.size, stored: row.stored,
                recordPasses: row.recordPasses + 5, seconds: row.seconds)
            #expect(try subject.ledger.publish([again], shard: 0, chain: chain))
            try expectTotals(subject, "entered again")
        }
    }

    // What a trainer made before a deletion came is not entered after it.
    @Test func aStageThatNoPlanAsksForIsNotEntered() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let chain = subject.chain(try subject.backboneDigest())
            let rows = try subject.ledger.stages(shard: 0)
            let gone = try #require(try subject.records(shard: 0).first).record.id
            try subject.acceptOnly([gone])
            let left = try subject.ledger.stages(shard: 0)
            #expect(try !subject.ledger.publish(rows, shard: 0, chain: chain))
            #expect(try subject.ledger.stages(shard: 0) == left && !subject.ledger.pending().isEmpty)
        }
    }

    @Test func aCostIsTheSameWithoutThem() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let said = try subject.planDeletion([records[3].recordID])
            let damages = [
                // A checkpoint too few, so that the totals are not those of a whole training.
                "DELETE FROM checkpoints WHERE shard = 0 "
                    + "AND stage = (SELECT max(stage) FROM checkpoints WHERE shard = 0)",
                "DELETE FROM checkpoints", "PRAGMA user_version = 1"
            ]
            for damage in damages {
                try LedgerSurgeon.execute(damage, workspace: subject.root)
                let reader = try Workspace(at: subject.root, .read)
                let again = try reader.planDeletion([records[3].recordID])
                #expect(again.fullRecordPasses == said.fullRecordPasses && again.shards == said.shards, "\(damage)")
            }
        }
    }

    @Test func aLedgerOfTheFirstVersionIsBroughtUpToDate() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let triggers = [
                "checkpoint_entered", "checkpoint_changed", "checkpoint_forgotten", "slice_entered", "slice_changed",
                "slice_removed"
            ]
            for trigger in triggers { try LedgerSurgeon.execute("DROP TRIGGER \(trigger)", workspace: subject.root) }
            try LedgerSurgeon.execute(
                """
                DROP TABLE totals; DROP TABLE outbox; DROP TABLE requests; DROP TABLE refused;
                DROP TABLE generations; DROP TABLE buckets;
                ALTER TABLE slices DROP COLUMN attributes; CREATE TABLE owned (tag BLOB); PRAGMA user_version = 0;
                DELETE FROM facts WHERE name LIKE 'log%';
                DELETE FROM grdb_migrations WHERE identifier <> '1'
                """,
                workspace: subject.root)
            try FileManager.default.removeItem(at: subject.files[.log])
            let said = try Workspace(at: subject.root, .read).planDeletion([records[3].recordID])
            let opened = try Workspace(at: subject.root)
            try expectTotals(opened, "opened")
            let report = try opened.delete([records[3].recordID])
            #expect(report.fullRecordPasses == said.fullRecordPasses)
            try expectTotals(opened, "deleted")
        }
    }

    @Test func aPlanOfSomeShardsIsTheirPartOfTheWholePlan() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let chain = subject.chain(try subject.backboneDigest())
            let whole = CheckpointPlan(try subject.ledger.slices(), chain: chain)
            for shards in [[0], [2], [0, 2], [1], []] {
                let part = CheckpointPlan(of: try subject.ledger.slices(shards: shards), chain: chain)
                for shard in shards {
                    #expect(part.items(shard: shard) == whole.items(shard: shard))
                    #expect(part.keys(shard: shard) == whole.keys(shard: shard))
                }
            }
        }
    }
}
