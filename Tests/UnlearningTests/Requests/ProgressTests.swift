import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// What a command says that it will train is what it then trains, however often it begins.
@Suite(.everyTask) struct ProgressTests {
    /// Sums of what events tell.
    private final class Counter: Sendable {
        struct Sums {
            var beginnings = 0
            var passes = (announced: 0, advanced: 0, finished: 0)
            var stages = (announced: 0, finished: 0)
        }
        private let state = Mutex(Sums())

        var sink: TrainingProgress {
            { [self] event in
                state.withLock { sums in
                    switch event {
                    case .began(let passes, let stages):
                        sums.beginnings += 1
                        sums.passes.announced += passes
                        sums.stages.announced += stages
                    case .advanced(_, _, let passes): sums.passes.advanced += passes
                    case .finished(_, _, let cost):
                        sums.passes.finished += cost.recordPasses
                        sums.stages.finished += 1
                    case .features, .rebuilding, .skipping, .cut, .spanningLines: break
                    }
                }
            }
        }

        /// Checks the sums, and begins anew. `beginnings`: how many there should have been.
        func check(_ command: String, beginnings: Int = 1) {
            state.withLock { sums in
                #expect(sums.beginnings == beginnings, "\(command)")
                #expect(sums.passes.announced > 0, "\(command)")
                #expect(sums.passes.advanced == sums.passes.announced, "\(command)")
                #expect(sums.passes.finished == sums.passes.announced, "\(command)")
                #expect(sums.stages.finished == sums.stages.announced, "\(command)")
                sums = Sums()
            }
        }
    }

    @Test(arguments: [1, 3])
    func whatBeginsIsWhatAdvancesInEveryCommand(threads: Int) throws {
        try ToyWorld.with { world in
            let (records, counter) = (try ToyRecord.all(), Counter())
            let file = try world.file("records.jsonl", records)
            let subject = try Workspace.train(
                world.recipe, TrainingSources(backbone: world.backbone, files: [file], key: world.key),
                at: world.root("subject"), threads: threads, progress: counter.sink
            ).workspace
            counter.check("train")
            try subject.delete([records[0].recordID], threads: threads, progress: counter.sink)
            counter.check("delete")
            try subject.delete(DeletionRequest(ids: [records[1].recordID], defersRepair: true))
            try subject.repair(threads: threads, progress: counter.sink)
            counter.check("repair")
            let gone = try (0..<2).map { shard in
                try #require(records.dropFirst(2).last { world.cell($0).shard == shard })
            }
            try subject.delete(DeletionRequest(ids: gone.recordIDs, defersRepair: true))
            try subject.repair(within: 3600, threads: threads, progress: counter.sink)
            counter.check("repair within", beginnings: 2)
            // A deletion that waits and whose record does not come back is repaired together with the addition.
            try subject.delete(DeletionRequest(ids: [records[2].recordID], defersRepair: true))
            try subject.add([world.file("new.jsonl", [records[0]])], threads: threads, progress: counter.sink)
            counter.check("add")
            // One whose record comes back is finished first.
            try subject.delete(DeletionRequest(ids: [records[3].recordID], defersRepair: true))
            try subject.add([world.file("back.jsonl", [records[3]])], threads: threads, progress: counter.sink)
            counter.check("add of a record that comes back", beginnings: 2)
            _ = try subject.verify(threads: threads, progress: counter.sink)
            counter.check("verify")
            _ = try subject.verify(shard: 1, threads: threads, progress: counter.sink)
            counter.check("verify of a shard")
            _ = try subject.audit(threads: threads, progress: counter.sink)
            counter.check("audit")
        }
    }

    /// Long texts take most of their time before the first step, and nobody should wonder.
    @Test func featuresAreCountedWhileTheyAreComputed() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let file = try world.file("records.jsonl", records)
            let told = Mutex<[(shard: Int, done: Int, total: Int)]>([])
            let sink: TrainingProgress = { event in
                if case .features(let shard, let done, let total) = event {
                    told.withLock { $0.append((shard, done, total)) }
                }
            }
            let subject = try Workspace.train(
                world.recipe, TrainingSources(backbone: world.backbone, files: [file], key: world.key),
                at: world.root("subject"), progress: sink
            ).workspace
            func events() -> [(shard: Int, done: Int, total: Int)] {
                told.withLock { events in
                    defer { events = [] }
                    return events
                }
            }
            let first = events()
            #expect(first.allSatisfy { 0 < $0.done && $0.done <= $0.total })
            // A piece of work is smaller than 256 texts here, so each slice is told once.
            #expect(Set(first.map(\.shard)) == Set(0..<world.recipe.shards))
            #expect(first.reduce(0) { $0 + $1.total } == records.count)
            // A deletion finds all others in the files.
            try subject.delete([records[0].recordID], progress: sink)
            #expect(events().isEmpty)
        }
    }
}
