import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Records that are added later are as if they had been there from the start.
@Suite(.everyTask) struct AdditionTests {
    @Test(arguments: ToyVariant.all)
    func whatWasAddedWasAlwaysThere(variant: ToyVariant) throws {
        try ToyWorld.with(variant) { world in
            let records = try ToyRecord.all()
            let truth = try Snapshot(world.workspace("truth", records))
            for seed in 0..<3 {
                var generator = SeededGenerator(seed: UInt64(seed))
                let late = Set(records.shuffled(using: &generator).prefix(Int.random(in: 1...9, using: &generator)))
                let subject = try world.workspace("subject-\(seed)", records.without(late))
                let before = try Snapshot(subject)
                let report = try subject.add([world.file("late-\(seed).jsonl", records.filter(late.contains))])
                #expect(report.records == late.count)
                #expect(try Snapshot(subject).differences(from: truth) == [])
                #expect(try !Snapshot(subject).differences(from: before).isEmpty)
                #expect(try subject.checkLog().faults == [])
            }
        }
    }

    @Test func onlyTheTouchedShardsAreTrainedFromTheirLowestSlice() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let late = records[7]
            let subject = try world.workspace("subject", records.without([late]))
            let cell = world.cell(late)
            let others = try subject.ledger.stages().filter { $0.key != cell.shard }
            let report = try subject.add([world.file("late.jsonl", [late])])
            #expect(report.shards.map(\.shard) == [cell.shard] && report.shards[0].slice == cell.slice)
            let again = try subject.ledger.stages(shard: cell.shard).filter { $0.stage >= cell.slice }
            #expect(report.stagesTrained == again.count)
            #expect(try subject.ledger.stages().filter { $0.key != cell.shard } == others)
            #expect(try subject.audit().checks.flatMap(\.faults) == [])
        }
    }

    @Test func aCorrectionIsADeletionAndAnAddition() throws {
        try ToyWorld.with { world in
            var records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            for isDeferred in [false, true] {
                try subject.delete(DeletionRequest(ids: [records[5].recordID], defersRepair: isDeferred))
                records[5].text += " Corrected."
                try subject.add([world.file("corrected.jsonl", [records[5]])])
                let truth = try Snapshot(world.workspace("truth-\(isDeferred)", records))
                #expect(try Snapshot(subject).differences(from: truth) == [])
            }
            #expect(try subject.receiptFiles().count == 2 && subject.checkLog().faults == [])
            #expect(try subject.audit().checks.flatMap(\.faults) == [])
        }
    }

    // The very same record again before the repair: then the old checkpoints are the right ones, and are trained again.
    @Test func aRecordThatComesBackBeforeTheRepairIsAsIfItHadNeverGone() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try subject.delete(DeletionRequest(ids: [records[5].recordID], defersRepair: true))
            try subject.add([world.file("back.jsonl", [records[5]])])
            let truth = try Snapshot(world.workspace("truth", records))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try subject.status().shards.allSatisfy { $0.state == .retrainEquivalent })
        }
    }

    @Test func anIDThatIsThereOrStandsTwiceChangesNothing() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let late = Array(records.suffix(3))
            let subject = try world.workspace("subject", records.without(late))
            let before = try TestFolder.contents(subject.root)
            let there = try world.file("there.jsonl", late + [records[0]])
            #expect(throws: WorkspaceError.idIsThere(place: there.path + ":4")) {
                try subject.add([there])
            }
            let twice = try world.file("twice.jsonl", late + [late[0]])
            // Two folders may have files of one name; and what stands in a file of records is not repeated.
            let places = RecordsError(file: twice.path, line: 4, problem: .duplicateID(first: twice.path + ":1"))
            #expect(throws: places) { try subject.add([twice]) }
            #expect(!places.description.contains(late[0].id))
            let empty = try world.file("empty.jsonl", [])
            #expect(throws: (any Error).self) { try subject.add([empty]) }
            #expect(throws: RecordsError(file: "", problem: .noFiles)) { try subject.add([URL]()) }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }

    @Test func aDeletedIDComesBackOnlyWhereTheRecipeAllowsIt() throws {
        try ToyWorld.with(changing: { $0.deletedIDs = .refuse }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try subject.delete([records[5].recordID])
            let back = try world.file("back.jsonl", [records[5]])
            #expect(throws: WorkspaceError.idWasDeleted(place: back.path + ":1")) {
                try subject.add([back])
            }
            let truth = try Snapshot(world.workspace("truth", records.without([records[5]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            var lenient = world
            lenient.recipe.deletedIDs = .allow
            let (allowed, report) = try lenient.retrain(subject)
            #expect(report.stagesTrained == 0)
            #expect(try allowed.ledger.refused().isEmpty)
            try allowed.add([back])
            #expect(try Snapshot(allowed).differences(from: Snapshot(lenient.workspace("all", records))) == [])
        }
    }

    // Several go at once, some from one slice: none of them comes back, and each other id may be new.
    @Test func noneOfSeveralDeletedIDsComesBack() throws {
        try ToyWorld.with(changing: {
            $0.deletedIDs = .refuse
            ($0.shards, $0.slices) = (2, 2)
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let gone = Array(records[3..<13])
            #expect(Set(gone.map(world.cell)).count == 4)
            try subject.delete(gone.recordIDs)
            for record in gone {
                let back = try world.file("\(record.id).jsonl", [record])
                #expect(throws: WorkspaceError.idWasDeleted(place: "\(back.path):1")) {
                    try subject.add([back])
                }
            }
            let new = ToyRecord(id: "toy-99", owner: nil, text: records[3].text, label: records[3].label)
            try subject.add([world.file("new.jsonl", [new])])
            let truth = try Snapshot(world.workspace("truth", records.without(gone) + [new]))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // Killed before its transaction an addition never was; killed after it, it is finished by the next command.
    @Test(arguments: [false, true]) func aKilledAdditionIsTakenBackOrFinished(isCommitted: Bool) throws {
        try ToyWorld.with(changing: { $0.assignBy = .owner }) { world in
            let records = try ToyRecord.all()
            let late = Array(records.suffix(5))
            let subject = try world.workspace("subject", records.without(late))
            let kept = try world.copy(subject, as: "kept")
            try subject.add([world.file("late.jsonl", late)])
            // The ledger of before, or of after, with the files that an addition has written by then.
            let cells = Set(late.map(world.cell))
            let (corpus, held) = (try subject.layout().corpus, try kept.layout().corpus)
            for cell in cells {
                let next = corpus.url(cell).appendingPathExtension("next")
                try FileManager.default.moveItem(at: corpus.url(cell), to: next)
                if let old = try held.bytes(cell) { try Data(old).write(to: corpus.url(cell)) }
            }
            try JSONEncoder().encode(Array(cells)).write(to: subject.files[.additions])
            if !isCommitted {
                for name in ["ledger.sqlite", "log", "signing-key.pem"] {
                    try FileManager.default.removeItem(at: subject.root.appending(path: name))
                    try FileManager.default.copyItem(
                        at: kept.root.appending(path: name), to: subject.root.appending(path: name))
                }
            }
            let opened = try Workspace(at: subject.root)
            try opened.resume()
            let truth = try Snapshot(world.workspace("truth", isCommitted ? records : records.without(late)))
            #expect(try Snapshot(opened).differences(from: truth) == [])
            #expect(try !TestFolder.contents(opened.root).keys.contains { $0.hasSuffix(".next") || $0 == "additions" })
        }
    }
}
