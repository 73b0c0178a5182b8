import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A part of a workspace that is restored from an old backup: nothing of it answers, deletes a part, or stays unseen.
@Suite(.everyTask) struct OldBackupTests {
    // A bucket of another day is whole in itself, and lacks who came later.
    @Test func anIndexOfAnotherDayDeletesNoPart() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let late = (0..<6).map {
                ToyRecord(id: "late-\($0)", owner: "ada", text: "A late text, number \($0).", label: records[0].label)
            }
            let subject = try world.workspace("subject", records)
            let old = try world.copy(subject, as: "old")
            try subject.add([world.file("late.jsonl", late)])
            let place = try subject.layout().index.root
            try FileManager.default.removeItem(at: place)
            try FileManager.default.copyItem(at: old.layout().index.root, to: place)
            for takesDuplicates in [false, true] {
                let request = DeletionRequest(owners: ["ada"], takesDuplicates: takesDuplicates)
                let error = #expect(throws: CorpusError.self) { try subject.delete(request) }
                guard case .indexDamaged = error else {
                    Issue.record("\(error.map { "\($0)" } ?? "none")")
                    return
                }
            }
            #expect(try subject.checkup().damages.allSatisfy { $0.kind == .index } && !subject.checkup().isSound)
            #expect(try !subject.audit().holds)
            try subject.repair()
            #expect(try subject.checkup().isSound)
            let theirs = (records + late).filter { $0.owner == "ada" }
            #expect(try subject.delete(DeletionRequest(owners: ["ada"])).recordsDeleted == theirs.count)
            let truth = try Snapshot(world.workspace("truth", (records + late).without(theirs)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test(arguments: [1, 2, 3]) func recordsThatABackupBroughtBackAreSeenAndTakenOut(count: Int) throws {
        try ToyWorld.with(changing: { ($0.shards, $0.slices) = (1, 2) }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let cell = world.cell(records[0])
            let gone = Array(records.filter { world.cell($0) == cell }.prefix(count))
            let url = try subject.layout().corpus.url(cell)
            let backup = try Data(contentsOf: url)
            try subject.delete(gone.recordIDs)
            let truth = try Snapshot(subject)
            for keepsReceipts in [true, false] {
                try backup.write(to: url)
                #expect(try subject.checkup().damages.map(\.fault) == [.surplus])
                #expect(throws: CorpusError.self) { try subject.delete([records[0].recordID]) }
                // Which they are the receipts tell; without these the digest does.
                if !keepsReceipts { try FileManager.default.removeItem(at: subject.files[.receipts]) }
                #expect(try subject.repair().recordsTakenOut == count)
                #expect(try Snapshot(subject).differences(from: truth) == [])
                #expect(try subject.checkup().isSound)
            }
        }
    }

    @Test func filesThatNothingAsksForAreSeen() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let old = try world.copy(subject, as: "old")
            try subject.delete([records[0].recordID])
            let truth = try Snapshot(subject)
            // Checkpoints that saw the record come back.
            let folder = "checkpoints/shard-\(world.cell(records[0]).shard + 1)"
            for name in try DurableFile.names(in: old.root.appending(path: folder)) {
                let place = subject.root.appending(path: folder).appending(path: name)
                if try !DurableFile.exists(place) {
                    try FileManager.default.copyItem(
                        at: old.root.appending(path: folder).appending(path: name), to: place)
                }
            }
            let found = try subject.checkup().damages
            #expect(
                !found.isEmpty && found.allSatisfy { $0.fault == .stranger && $0.path.hasPrefix(folder) }, "\(found)")
            try subject.repair()
            #expect(try Snapshot(subject).differences(from: truth) == [])
            // Records are for a person to look at.
            let stray = subject.root.appending(path: "records/shard-1/slice-9.jsonl")
            try Data("{}\n".utf8).write(to: stray)
            #expect(try subject.checkup().damages.map(\.path) == ["records/shard-1/slice-9.jsonl"])
            #expect(throws: WorkspaceError.unreferenced(paths: [stray.resolvingSymlinksInPath().path])) {
                try subject.repair()
            }
            try FileManager.default.removeItem(at: stray)
            try subject.repair()
        }
    }
}
