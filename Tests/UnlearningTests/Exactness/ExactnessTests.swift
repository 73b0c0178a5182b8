import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The promise itself: after a deletion every byte is that of an independent run which never saw the deleted records.
///
/// "Independent": a workspace of its own, in which the surviving records are placed afresh from the same key and
/// trained from nothing. All bits are compared; there is no tolerance anywhere.
@Suite(.everyTask) struct ExactnessTests {
    @Test(arguments: 0..<24)
    func everySingleRecordIsForgottenExactly(index: Int) throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let gone = records[index]
            let subject = try world.workspace("subject", records)
            let before = try Snapshot(subject)
            let report = try subject.delete([gone.recordID])
            #expect(report.recordsDeleted == 1)

            let after = try Snapshot(subject)
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            #expect(after.differences(from: truth) == [])
            // A comparison that finds nothing must have had something to find.
            #expect(!after.differences(from: before).isEmpty)
        }
    }

    @Test(arguments: ToyVariant.all)
    func everyKindOfTrainingForgetsExactly(variant: ToyVariant) throws {
        try ToyWorld.with(variant) { world in
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            for index in stride(from: 0, to: 24, by: 3) {
                let gone = records[index]
                let subject = try world.copy(original, as: "subject-\(index)")
                // Nothing that a process kept of an answer may reach a later one.
                _ = try subject.answers()
                try subject.delete([gone.recordID])
                let truth = try Snapshot(world.workspace("truth-\(index)", records.without([gone])))
                #expect(try Snapshot(subject).differences(from: truth) == [], "\(gone.id)")
            }
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func setsAreForgottenExactlyInOneCallAndOneAfterAnotherInAnyOrder(seed: UInt64) throws {
        try ToyWorld.with { world in
            var generator = SeededGenerator(seed: seed)
            let records = try ToyRecord.all()
            let gone = Array(records.shuffled(using: &generator).prefix(.random(in: 2...12, using: &generator)))
            let original = try world.workspace("original", records)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))

            let atOnce = try world.copy(original, as: "at-once")
            try atOnce.delete(gone.recordIDs)
            #expect(try Snapshot(atOnce).differences(from: truth) == [])
            let oneByOne = try world.copy(original, as: "one-by-one")
            for id in gone.recordIDs { try oneByOne.delete([id]) }
            #expect(try Snapshot(oneByOne).differences(from: truth) == [])
            let backwards = try world.copy(original, as: "backwards")
            for id in gone.recordIDs.reversed() { try backwards.delete([id]) }
            #expect(try Snapshot(backwards).differences(from: truth) == [])
        }
    }

    @Test func aRecordNamedTwiceIsForgottenOnce() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let id = records[5].recordID
            #expect(try subject.delete([id, id]).recordsDeleted == 1)
            let truth = try Snapshot(world.workspace("truth", records.without([records[5]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test(arguments: 0..<3)
    func everyWholeSliceIsForgottenExactly(shard: Int) throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            for slice in 0..<world.recipe.slices {
                let cell = Cell(shard: shard, slice: slice)
                let gone = records.filter { world.cell($0) == cell }
                guard !gone.isEmpty else { continue }
                let subject = try world.copy(original, as: "subject-\(slice)")
                try subject.delete(gone.recordIDs)
                let truth = try Snapshot(world.workspace("truth-\(slice)", records.without(gone)))
                #expect(try Snapshot(subject).differences(from: truth) == [], "slice \(slice)")
            }
        }
    }

    @Test(arguments: 0..<3)
    func aWholeShardIsForgottenExactlyAndVotesNoMore(shard: Int) throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let gone = records.filter { world.cell($0).shard == shard }
            let subject = try world.workspace("subject", records)
            try subject.delete(gone.recordIDs)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try subject.status().shards[shard].state == .empty)
            #expect(try subject.voters() == [0, 1, 2].filter { $0 != shard })
        }
    }

    @Test func afterTheLastRecordNothingIsLeftToAnswerFrom() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let report = try subject.delete(records.recordIDs)
            #expect(report.recordsDeleted == 24)
            #expect(report.recordPasses == 0 && report.fullRecordPasses == 0)
            #expect(report.fractionOfFullRetrain == 0)
            #expect(try subject.status().shards.map(\.state) == [.empty, .empty, .empty])
            #expect(throws: PredictionError.noSurvivors) { try subject.voters() }
            #expect(try Snapshot(subject).parts.keys.allSatisfy { !$0.hasPrefix("file") || $0.hasPrefix("file index") })
            #expect(try subject.verify().isIdentical)
            #expect(try subject.resume().stagesTrained == 0)
        }
    }

    @Test func deletingDownToOneRecordAndThenNoneIsExactAtEveryStep() throws {
        try ToyWorld.with(changing: { $0.epochs = 2 }) { world in
            var left = try ToyRecord.all()
            let subject = try world.workspace("subject", left)
            while let gone = left.popLast(), !left.isEmpty {
                try subject.delete([gone.recordID])
                guard left.count % 4 == 1 else { continue }
                let truth = try Snapshot(world.workspace("truth-\(left.count)", left))
                #expect(try Snapshot(subject).differences(from: truth) == [], "\(left.count) left")
            }
        }
    }
}
