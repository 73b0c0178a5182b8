import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A verification says "identical" of an untouched workspace, and never of one that was tampered with.
@Suite(.everyTask) struct VerifyTests {
    /// Calls `body` with a trained workspace, and the plan of what it should hold.
    private func withSubject(_ body: (ToyWorld, Workspace, CheckpointPlan) throws -> Void) throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let plan = CheckpointPlan(
                try subject.ledger.slices(), chain: subject.chain(try subject.backboneDigest()))
            try body(world, subject, plan)
        }
    }

    @Test func anUntouchedWorkspaceIsIdenticalAndIsNotTouchedByTheVerification() throws {
        try withSubject { world, subject, plan in
            let before = try TestFolder.contents(subject.root)
            let report = try subject.verify()
            #expect(report.isIdentical)
            #expect(report.stages.count == plan.shards.joined().count)
            #expect(report.predictions == Verifier.texts.count && report.predictionsAreIdentical)
            for shard in 0..<3 {
                let one = try subject.verify(shard: shard)
                #expect(one.isIdentical && one.stages.count == plan.shards[shard].count)
            }
            #expect(try TestFolder.contents(subject.root) == before)
            #expect(throws: WorkspaceError.noSuchShard(4, shards: 3)) { try subject.verify(shard: 3) }
        }
    }

    @Test func itIsIdenticalAfterDeletionsToo() throws {
        try withSubject { world, subject, _ in
            for record in try ToyRecord.all().prefix(5) { try subject.delete([record.recordID]) }
            #expect(try subject.verify().isIdentical)
        }
    }

    @Test func anotherValidCheckpointWithItsLedgerRowMadeToMatchIsFound() throws {
        try withSubject { world, subject, plan in
            let shard = 1
            let (target, other) = (plan.shards[shard][0], plan.shards[shard][1])
            let rows = try subject.ledger.stages(shard: shard)
            let row = try #require(rows.first { $0.key == other.key })
            let forged = try #require(
                try subject.store.read(other.key, shard: shard, size: row.size, digest: row.digest))
            let stored = try subject.store.write(forged, target.key, shard: shard)
            try LedgerSurgeon.execute(
                "UPDATE checkpoints SET digest = ?, size = \(row.size), stored = \(stored) "
                    + "WHERE shard = \(shard) AND stage = \(target.stage)",
                workspace: subject.root, [row.digest])

            // For everything but a training from nothing the forgery is a sound checkpoint.
            #expect(try subject.status().shards[shard].state == .retrainEquivalent)
            let report = try subject.verify()
            #expect(!report.isIdentical)
            let wrong = report.stages.filter { !$0.isIdentical }
            #expect(wrong.map(\.shard) == [shard] && wrong.map(\.stage) == [target.stage])
            #expect(try !subject.verify(shard: shard).isIdentical)
            #expect(try subject.verify(shard: 0).isIdentical)
        }
    }

    typealias Edit = @Sendable (inout [String], Int) -> Void
    /// Of records of one task; nil: of every task.
    static let edits: [(name: String, task: Recipe.TaskKind?, edit: Edit)] = [
        ("text", nil, { $0[$1] = $0[$1].replacing("cheese", with: "cheddar") }),
        ("label", .classification, { $0[$1] = $0[$1].replacing("\"label\":1", with: "\"label\":2") }),
        ("id", nil, { $0[$1] = $0[$1].replacing("toy-11", with: "toy-99") }),
        ("removed", nil, { $0.remove(at: $1) }),
        ("twice", nil, { $0.append($0[$1]) }),
        ("added", nil, { $0.append($0[$1].replacing("toy-11", with: "toy-98")) }),
        ("space", .classification, { $0[$1] = $0[$1].replacing(",\"text\"", with: ", \"text\"") }),
        ("garbage", nil, { lines, index in lines[index] = "\u{1}" }),
        ("label out of range", .classification, { $0[$1] = $0[$1].replacing("\"label\":1", with: "\"label\":7") }),
        ("label below range", .classification, { $0[$1] = $0[$1].replacing("\"label\":1", with: "\"label\":-1") }),
        ("completion", .generation, { $0[$1] = $0[$1].replacing("Honey", with: "Money") }),
        ("role", .generation, { $0[$1] = $0[$1].replacing("\"user\"", with: "\"system\"") }),
        ("no answer", .generation, { $0[$1] = $0[$1].replacing("\"assistant\"", with: "\"user\"") }),
        ("turns", .generation, { $0[$1] = $0[$1].replacing("[{", with: "[{\"role\":\"system\",\"content\":\"\"},{") }),
        ("space between", .generation, { $0[$1] = $0[$1].replacing(",\"messages\"", with: ", \"messages\"") })
    ]

    /// Whether a verification is passed; one that finds the records unreadable is not.
    private func passes(_ subject: Workspace) throws -> Bool {
        do {
            return try subject.verify().isIdentical
        } catch CorpusError.recordsDamaged, TrainingError.labelDamaged {
            return false
        }
    }

    // Where records are placed by owner, another owner is another place.
    @Test func anEditedOwnerIsFound() throws {
        try ToyWorld.with(changing: { $0.assignBy = .owner }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            #expect(try passes(subject))
            try CorpusSurgeon.edit("toy-11", workspace: subject.root) { lines, line in
                lines[line] = lines[line].replacing("finn", with: "somebody else")
            }
            #expect(try !passes(subject))
        }
    }

    @Test(arguments: edits.indices)
    func anEditedRecordIsFound(index: Int) throws {
        guard Self.edits[index].task ?? ToyWorld.task == ToyWorld.task else { return }
        try withSubject { _, subject, _ in
            #expect(try passes(subject))
            try CorpusSurgeon.edit("toy-11", workspace: subject.root) { lines, line in
                let before = lines
                Self.edits[index].edit(&lines, line)
                #expect(lines != before, "the edit does nothing")
            }
            #expect(try !passes(subject), "\(Self.edits[index].name)")
        }
    }

    @Test(arguments: CorpusSurgeon.Edit.allCases)
    func recordsThatWereMovedOrChangedAreFound(edit: CorpusSurgeon.Edit) throws {
        try withSubject { _, subject, _ in
            try CorpusSurgeon.edit(edit, workspace: subject.root)
            #expect(try !passes(subject))
        }
    }

    @Test func recordsThatTheLedgerDoesNotKnowAreNotTrainedOn() throws {
        try withSubject { _, subject, _ in
            try CorpusSurgeon.edit(.text, workspace: subject.root)
            try LedgerSurgeon.execute("DELETE FROM checkpoints", workspace: subject.root)
            #expect {
                try subject.resume()
            } throws: { error in
                if case CorpusError.recordsDamaged = error { true } else { false }
            }
        }
    }

    // Else the deletion of a neighbour would write the damage into the slice's new digest, and it would pass for the
    // truth.
    @Test func aDeletionInADamagedSliceIsRefusedAndChangesNothing() throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.slices = 2
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let neighbour = try #require(
                records.first { world.cell($0) == world.cell(records[10]) && $0.id != "toy-11" })
            try CorpusSurgeon.edit("toy-11", workspace: subject.root) { lines, index in
                lines[index] = lines[index].replacing("cheese", with: "cheddar")
            }
            let before = try TestFolder.contents(subject.root)
            #expect(throws: CorpusError.self) { try subject.delete([neighbour.recordID]) }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }

    @Test func aLedgerThatLostACellIsFound() throws {
        for sql in ["DELETE FROM slices WHERE shard = 2", "DELETE FROM slices WHERE slice = 3", "DELETE FROM slices"] {
            try withSubject { _, subject, _ in
                try LedgerSurgeon.execute(sql, workspace: subject.root)
                #expect(try !passes(subject), "\(sql)")
            }
        }
    }

    @Test func anEditedSliceDigestIsFound() throws {
        try withSubject { world, subject, _ in
            let cell = world.cell(try ToyRecord.all()[0])
            try LedgerSurgeon.execute(
                "UPDATE slices SET digest = ? WHERE shard = \(cell.shard) AND slice = \(cell.slice)",
                workspace: subject.root, [[UInt8](repeating: 7, count: 32)])
            #expect(try subject.verify().misplacedSlices == 1)
        }
    }

    // A state without a file has a digest all the same, by which log and receipts name it.
    @Test func anEditedRowOfAStateThatIsNotKeptIsFound() throws {
        try ToyWorld.with(changing: { $0.sliceOptions.keep = 0 }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let shard = 1
            let item = try #require(try subject.plan().items(shard: shard).first { !$0.isKept })
            #expect(try passes(subject))
            let row = "shard = \(shard) AND stage = \(item.stage)"
            for sql in [
                "UPDATE checkpoints SET digest = zeroblob(32) WHERE \(row)", "DELETE FROM checkpoints WHERE \(row)"
            ] {
                try LedgerSurgeon.execute(sql, workspace: subject.root)
                let wrong = try subject.verify().stages.filter { !$0.isIdentical }
                #expect(wrong.map(\.shard) == [shard] && wrong.map(\.stage) == [item.stage], "\(sql)")
            }
        }
    }

    // A deletion finds by the index what it must take along: an index of fewer records is sound, and finds too little.
    @Test func anIndexThatIsNotOfTheRecordsIsFound() throws {
        try withSubject { world, subject, _ in
            let records = try ToyRecord.all()
            let other = try world.workspace("other", records.without([records[10]]))
            for kind in try subject.layout().index.kinds {
                let forged = try world.copy(subject, as: "forged-\(kind)")
                try FileManager.default.removeItem(at: forged.layout().index.folder(kind))
                try FileManager.default.copyItem(
                    at: other.layout().index.folder(kind), to: forged.layout().index.folder(kind))
                #expect(try forged.layout().index.faults(nil, waiting: { [] }).allSatisfy { $0.fault == nil })
                let report = try forged.verify()
                #expect(report.misplacedSlices == 1 && report.stages.allSatisfy(\.isIdentical), "\(kind)")
            }
        }
    }

    @Test func aCheckpointRowForAStageThatShouldNotBeThereIsFound() throws {
        try ToyWorld.with { world in
            // So few records that some slices are empty.
            let subject = try world.workspace("subject", Array(ToyRecord.all().prefix(4)))
            let slices = try subject.ledger.slices()[0]
            let empty = try #require(slices.firstIndex { $0.records == 0 })
            #expect(try subject.verify().isIdentical)
            try LedgerSurgeon.execute(
                "INSERT INTO checkpoints VALUES (0, \(empty), ?, ?, 1, 1, 0, 0)", workspace: subject.root,
                [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)])
            #expect(try !subject.verify().isIdentical)
        }
    }

    @Test func anotherKeyIsFound() throws {
        try withSubject { _, subject, _ in
            let zeros = String(repeating: "0", count: 64)
            try Data(zeros.utf8).write(to: subject.root.appending(path: "key"))
            let other = try Workspace(at: subject.root)
            #expect(throws: PredictionError.untrained) { try other.voters() }
            #expect(try !other.verify().isIdentical)
        }
    }
}
