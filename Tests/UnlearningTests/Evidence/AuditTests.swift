import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// An audit holds for an honest workspace, and finds every kind of dishonesty in every one of a hundred seeded trials.
@Suite(.everyTask) struct AuditTests {
    private static let trials = 0..<100

    /// A world with a workspace before two deletions and after them.
    private func with(
        _ body: (ToyWorld, _ before: Workspace, _ after: Workspace, [ToyRecord]) throws -> Void
    ) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let before = try world.workspace("before", records)
            let after = try world.copy(before, as: "after")
            for record in [records[3], records[8]] { try after.delete([record.recordID]) }
            #expect(try after.audit().checks.flatMap(\.faults) == [])
            #expect(try before.audit().holds)
            try body(world, before, after, records)
        }
    }

    /// Puts another content in the place of a checkpoint, and makes the ledger's row match; with `logs`, log and
    /// receipts say it too.
    private func forge(
        _ subject: Workspace, shard: Int, row: StageRow, _ content: [UInt8], logs: Bool
    ) throws {
        let packed = try Packing.pack(content)
        try DurableFile.write(packed, to: subject.store.url(row.key, shard: shard))
        try LedgerSurgeon.execute(
            "UPDATE checkpoints SET digest = ?, size = \(content.count), stored = \(packed.count) "
                + "WHERE shard = \(shard) AND stage = \(row.stage)",
            workspace: subject.root, [Checkpoint(content: content).digest])
        guard logs else { return }
        try subject.write(1) { session in
            try session.prove(session.plan(), nil)
            try session.finish(nil)
        }
        #expect(try subject.checkLog().isConsistent)
    }

    // What killed commands left is looked at as it lies, and neither finished nor removed.
    @Test func anAuditSweepsNothing() throws {
        try with { _, _, after, _ in
            let leftovers = [
                ".writing-x", "records-9/shard-1/slice-1.jsonl", "measurement/records/a", "staging.sqlite", "additions",
                "records/shard-1/slice-1.jsonl.next"
            ]
            for path in leftovers {
                let url = after.root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("[]".utf8).write(to: url)
            }
            let faults = try after.audit().checks.flatMap(\.faults)
            for path in leftovers {
                #expect(faults.contains { $0.contains(path) }, "\(path) is not named")
                #expect(
                    FileManager.default.fileExists(atPath: after.root.appending(path: path).path), "\(path) is gone")
            }
        }
    }

    @Test func aSkippedRetrainIsFound() throws {
        try with { world, before, after, records in
            for trial in Self.trials {
                var generator = SeededGenerator(seed: UInt64(trial))
                let subject = try world.copy(after, as: "trial")
                defer { try? FileManager.default.removeItem(at: subject.root) }
                let cell = world.cell([records[3], records[8]][trial % 2])
                let stale = try before.ledger.stages(shard: cell.shard).filter { $0.stage >= cell.slice }
                let old = try #require(stale.randomElement(using: &generator))
                let row = try #require(try subject.ledger.stages(shard: cell.shard).first { $0.stage == old.stage })
                let content = try #require(
                    try before.store.read(old.key, shard: cell.shard, size: old.size, digest: old.digest)?.content)
                try forge(subject, shard: cell.shard, row: row, content, logs: trial % 4 < 2)
                #expect(try !subject.audit().holds, "trial \(trial)")
                #expect(try !subject.audit(shards: [cell.shard]).holds, "trial \(trial)")
            }
        }
    }

    @Test func aSwappedCheckpointIsFound() throws {
        try with { world, _, after, _ in
            for trial in Self.trials {
                var generator = SeededGenerator(seed: UInt64(trial))
                let subject = try world.copy(after, as: "trial")
                defer { try? FileManager.default.removeItem(at: subject.root) }
                let rows = try subject.ledger.stages().flatMap { shard, rows in rows.map { (shard, $0) } }
                    .sorted { ($0.0, $0.1.stage) < ($1.0, $1.1.stage) }.shuffled(using: &generator)
                let (mine, other) = (rows[0], rows[1])
                let content = try #require(
                    try subject.store.read(other.1.key, shard: other.0, size: other.1.size, digest: other.1.digest)?
                        .content
                )
                if trial % 3 == 0 {
                    try DurableFile.write(
                        try Packing.pack(content), to: subject.store.url(mine.1.key, shard: mine.0))
                } else {
                    try forge(subject, shard: mine.0, row: mine.1, content, logs: trial % 3 == 1)
                }
                #expect(try !subject.audit().holds, "trial \(trial)")
            }
        }
    }

    /// Every column of every table, one way or another.
    private static let edits = [
        "UPDATE slices SET records = records + 1 WHERE shard = 1 AND slice = 1",
        "UPDATE slices SET digest = randomblob(32) WHERE shard = 1 AND slice = 1", "DELETE FROM slices WHERE slice = 3",
        "INSERT INTO slices VALUES (7, 0, 1, zeroblob(32), zeroblob(32))",
        "UPDATE checkpoints SET key = randomblob(32) WHERE shard = 0",
        "UPDATE checkpoints SET digest = randomblob(32) WHERE shard = 2", "UPDATE checkpoints SET size = size + 1",
        "UPDATE checkpoints SET stored = stored - 1 WHERE shard = 1",
        "UPDATE checkpoints SET seconds = 0 WHERE shard = 1",
        "UPDATE checkpoints SET record_passes = 1 WHERE shard = 0 "
            + "AND stage = (SELECT min(stage) FROM checkpoints WHERE shard = 0)",
        "DELETE FROM checkpoints WHERE shard = 1",
        "INSERT INTO checkpoints VALUES (1, 9, zeroblob(32), zeroblob(32), 1, 1, 1, 1)",
        "INSERT INTO checkpoints VALUES (3, 0, zeroblob(32), zeroblob(32), 1, 1, 1, 1)",
        "INSERT INTO generations VALUES (3, 'x')",
        "INSERT INTO pending VALUES (0, 0, zeroblob(32))", "INSERT INTO requests VALUES ('x', 'now', NULL)",
        "UPDATE totals SET record_passes = record_passes + 1", "UPDATE totals SET stages = 0",
        "UPDATE totals SET slices = slices + 1", "UPDATE generations SET digest = 'x' WHERE shard = 0",
        "DELETE FROM generations", "UPDATE outbox SET bytes = x'7b7d'",
        "UPDATE facts SET value = CAST(replace(value, 'mean', 'majority') AS BLOB) WHERE name = 'recipe'",
        "UPDATE facts SET value = randomblob(32) WHERE name = 'backbone_digest'",
        "UPDATE facts SET value = x'7b7d' WHERE name = 'backbone_seal'",
        "UPDATE facts SET value = '2' WHERE name = 'generation'", "INSERT INTO facts VALUES ('stale', x'')",
        "UPDATE facts SET value = '5' WHERE name = 'log_size'", "UPDATE facts SET value = '9' WHERE name = 'log_size'",
        "UPDATE facts SET value = randomblob(32) WHERE name = 'log_root'",
        "UPDATE facts SET value = randomblob(32) WHERE name = 'log_key'",
        "UPDATE facts SET value = 'sisa-0' WHERE name = 'log_origin'"
    ]

    @Test func anEditedLedgerIsFound() throws {
        try with { world, _, after, _ in
            for trial in Self.trials {
                let edit = Self.edits[trial % Self.edits.count]
                let subject = try world.copy(after, as: "trial")
                defer { try? FileManager.default.removeItem(at: subject.root) }
                let before = try Data(contentsOf: subject.files[.ledger])
                // Values of facts are blobs; a text would not be read at all.
                try LedgerSurgeon.execute(
                    edit.replacing(#/SET value = '([^']*)'/#, with: { "SET value = CAST('\($0.output.1)' AS BLOB)" }),
                    workspace: subject.root)
                #expect(try Data(contentsOf: subject.files[.ledger]) != before, "\(edit) changes nothing")
                let holds = (try? Workspace(at: subject.root).audit().holds) ?? false
                #expect(!holds, "\(edit)")
            }
        }
    }

    @Test func aLogThatWasRolledBackIsFound() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            var copies = [try world.copy(subject, as: "copy-0")]
            var receipts: [URL] = []
            for index in 1...5 {
                receipts.append(try #require(try subject.delete([records[index].recordID]).receipt))
                copies.append(try world.copy(subject, as: "copy-\(index)"))
            }
            for trial in Self.trials {
                var generator = SeededGenerator(seed: UInt64(trial))
                let at = Int.random(in: 0..<5, using: &generator)
                let whole = try world.copy(trial.isMultiple(of: 2) ? copies[at] : subject, as: "trial")
                defer { try? FileManager.default.removeItem(at: whole.root) }
                var kept: [URL] = []
                if trial.isMultiple(of: 2) {
                    // The whole workspace is an old one: only what was kept elsewhere can tell.
                    kept = [try #require(receipts[at...].randomElement(using: &generator))]
                    #expect(try whole.audit(shards: [0]).holds)
                } else {
                    try FileManager.default.removeItem(at: whole.files[.log])
                    try FileManager.default.copyItem(at: copies[at].files[.log], to: whole.files[.log])
                }
                #expect(try !whole.audit(shards: [0], evidence: kept).holds, "trial \(trial)")
            }
        }
    }

    @Test func aForgedReceiptAmongTheOthersIsFound() throws {
        try with { world, _, after, _ in
            let files = try after.receiptFiles()
            let (receipt, other) = (try Receipt(contentsOf: files[0]), try Receipt(contentsOf: files[1]))
            for trial in Self.trials {
                var generator = SeededGenerator(seed: UInt64(trial))
                let subject = try world.copy(after, as: "trial")
                defer { try? FileManager.default.removeItem(at: subject.root) }
                let forgery = ReceiptTests.forgeries[trial % ReceiptTests.forgeries.count]
                try forgery.1(receipt, other, &generator).write(to: subject.receiptFiles()[trial % 2])
                #expect(try !subject.audit(shards: [0]).holds, "\(forgery.0), trial \(trial)")
            }
        }
    }

    @Test func aFileThatNobodyAsksForIsFoundAndASampleIsASample() throws {
        try with { _, before, after, _ in
            let shard = try #require(try after.ledger.stages().keys.sorted().first)
            let kept = try Set(after.ledger.stages(shard: shard).map(\.key))
            for row in try before.ledger.stages(shard: shard) where !kept.contains(row.key) {
                try FileManager.default.copyItem(
                    at: before.store.url(row.key, shard: shard), to: after.store.url(row.key, shard: shard))
                #expect(try !after.audit(shards: [2]).holds)
                try FileManager.default.removeItem(at: after.store.url(row.key, shard: shard))
            }
            let report = try after.audit(shards: [1, 2])
            #expect(report.holds && report.shards == [1, 2])
            #expect(throws: WorkspaceError.noSuchShard(4, shards: 3)) { try after.audit(shards: [3]) }
        }
    }
}
