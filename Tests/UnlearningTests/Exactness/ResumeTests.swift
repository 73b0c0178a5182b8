import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// A process that was killed leaves nothing behind that another run would not have made.
@Suite(.everyTask) struct ResumeTests {
    /// Ends the process with SIGKILL at the event with this number.
    fileprivate static func killer(at event: Int) -> TrainingProgress {
        let left = Counter(event)
        return { _ in if left.next() == 0 { kill(getpid(), SIGKILL) } }
    }

    fileprivate final class Counter: Sendable {
        private let value: Mutex<Int>
        init(_ start: Int) { value = Mutex(start) }
        func next() -> Int {
            value.withLock { value in
                defer { value -= 1 }
                return value
            }
        }
    }

    @Test(arguments: [0, 1, 6, 13, 19, 27, 36, 44, 49])
    func aTrainingKilledAnywhereGoesOnToTheSameBytes(event: Int) async throws {
        try await TestFolder.with { folder in
            let world = try ToyWorld(folder: folder)
            let records = try ToyRecord.all()
            let file = folder.appending(path: "records.jsonl")
            try ToyWorld.write(records, to: file)
            let (path, task) = (folder.path, ToyWorld.task.rawValue)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, event = event as Int, task = task as String] in
                try ToyWorld.$task.withValue(try #require(Recipe.TaskKind(rawValue: task))) {
                    let world = try ToyWorld(folder: URL(filePath: path))
                    let sources = TrainingSources(
                        backbone: world.backbone, files: [world.root("records.jsonl")], key: world.key)
                    try Workspace.train(
                        world.recipe, sources, at: world.root("subject"), progress: Self.killer(at: event))
                }
            }
            try FileManager.default.removeItem(at: file)
            let subject = try Workspace(at: world.root("subject"))
            let isWhole = try subject.status().shards.allSatisfy { $0.state == .retrainEquivalent }
            #expect(!isWhole, "killed too late to test anything")
            #expect(try !subject.verify().isIdentical)
            try subject.resume()
            let truth = try Snapshot(world.workspace("truth", records))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test(arguments: [0, 1, 4, 7])
    func aDeletionKilledDuringItsRepairStaysForgottenAndIsFinishedByResume(event: Int) async throws {
        try await TestFolder.with { folder in
            let world = try ToyWorld(folder: folder)
            let records = try ToyRecord.all()
            let gone = try #require(records.first { world.cell($0).slice == 0 })
            try world.workspace("subject", records)
            let (path, id) = (folder.path, gone.id)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, id = id as String, event = event as Int] in
                let subject = try Workspace(at: URL(filePath: path).appending(path: "subject"))
                try subject.delete([RecordID(id)], progress: Self.killer(at: event))
            }
            let subject = try Workspace(at: world.root("subject"))
            let held = try subject.records(shard: world.cell(gone).shard).map(\.record.id)
            #expect(!held.contains(gone.recordID))
            #expect(try subject.status().shards[world.cell(gone).shard].state == .influenceFree)
            let text = Data(gone.text.utf8)
            let found = try TestFolder.contents(subject.root).filter { $0.value.range(of: text) != nil }
            #expect(found.keys.sorted() == [])
            try subject.resume()
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // The first shard is repaired, the second is not: neither id may be unknown yet.
    @Test func aDeletionOfTwoShardsKilledBetweenThemIsFinishedByTheSameCommand() async throws {
        try await TestFolder.with { folder in
            let world = try ToyWorld(folder: folder)
            let records = try ToyRecord.all()
            let gone = try (0..<2).map { shard in
                try #require(records.first { world.cell($0).shard == shard })
            }
            try world.workspace("subject", records)
            let (path, ids) = (folder.path, gone.map(\.id))
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, ids = ids as [String]] in
                let subject = try Workspace(at: URL(filePath: path).appending(path: "subject"))
                try subject.delete(ids.map { RecordID($0) }) { event in
                    if case .advanced(let shard, _, _) = event, shard == 1 { kill(getpid(), SIGKILL) }
                }
            }
            let subject = try Workspace(at: world.root("subject"))
            #expect(try subject.status().shards.map(\.state) == [.influenceFree, .influenceFree, .retrainEquivalent])
            let report = try subject.delete(gone.recordIDs)
            #expect(report.recordsDeleted == 2)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // Between the commit that forgets and the file that is written anew: the text lies there still, and nobody may read
    // it.
    @Test(arguments: Recipe.AssignBy.allCases, [false, true])
    func aDeletionKilledRightAfterItsCommitIsFinishedByWhateverComesNext(by: Recipe.AssignBy, deletes: Bool) throws {
        try ToyWorld.with(changing: { $0.assignBy = by }) { world in
            let records = try ToyRecord.all()
            let (gone, other) = (records[9], records[10])
            let killed = try world.workspace("subject", records)
            try killed.acceptOnly([gone.recordID])

            let subject = try Workspace(at: world.root("subject"))
            let cell = world.cell(gone)
            #expect(try !subject.records(shard: cell.shard).contains { $0.record.id == gone.recordID })
            #expect(try subject.status().shards[cell.shard].state != .retrainEquivalent)
            #expect(try !subject.verify().isIdentical)
            if deletes { try subject.delete([other.recordID]) } else { try subject.resume() }
            let text = Data(gone.text.utf8)
            #expect(try TestFolder.contents(subject.root).allSatisfy { $0.value.range(of: text) == nil })
            let left = records.without(deletes ? [gone, other] : [gone])
            #expect(try Snapshot(subject).differences(from: Snapshot(world.workspace("truth", left))) == [])
        }
    }

    @Test func aCheckpointThatWasWrittenButNeverEnteredIsMadeAgain() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let truth = try Snapshot(subject)
            for stage in (0..<world.recipe.slices).reversed() {
                try LedgerSurgeon.execute(
                    "DELETE FROM checkpoints WHERE stage >= \(stage)", workspace: subject.root)
                #expect(try subject.resume().stagesTrained > 0 || stage > 0)
                #expect(try Snapshot(subject).differences(from: truth) == [], "stage \(stage)")
            }
        }
    }

    @Test func resumingAFinishedWorkspaceChangesNothing() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let (names, before) = try (TestFolder.contents(subject.root).keys.sorted(), Snapshot(subject))
            #expect(try subject.resume().stagesTrained == 0)
            #expect(try TestFolder.contents(subject.root).keys.sorted() == names)
            #expect(try Snapshot(subject).differences(from: before) == [])
        }
    }
}
