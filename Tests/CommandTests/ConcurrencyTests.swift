import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// Many processes at one workspace: each gets its turn, nothing is lost or done twice, and whoever asks is answered.
@Suite struct ConcurrencyTests {
    private static let headOnly =
        (of: "{kind: lora, rank: 2, alpha: 4, target_modules: [query, value], layers: all}", to: "{kind: head}")
    /// `SISA_CONCURRENT_RUNS=n`: more of them.
    private static let runs =
        ProcessInfo.processInfo.environment["SISA_CONCURRENT_RUNS"].flatMap { UInt64($0) } ?? 8

    private func with(_ body: (CommandFixture) throws -> Void) throws {
        try CommandFixture.with(trained: false) { fixture in
            try fixture.editRecipe(Self.headOnly.of, Self.headOnly.to)
            try body(fixture)
        }
    }

    @Test(arguments: 1...runs)
    func whateverManyProcessesDoTheEndIsThatOfAFreshRun(seed: UInt64) throws {
        try with { fixture in
            try #require(try fixture.program.run("train", "toy", "--key", "key.txt").code == 0)
            let world = try ConcurrentWorld(fixture, seed: seed)
            var generator = SeededGenerator(seed: seed)
            let ids = world.deletable.map(\.id)
            let lists = (0..<Int.random(in: 2...8, using: &generator)).map { _ in
                (0..<4).map { _ in ConcurrentCommand.random(of: ids, using: &generator) }
            }
            world.run(lists)
            for fault in try world.faultsInTheEnd() { Issue.record("seed \(seed): \(fault)") }
        }
    }

    @Test func manyFirstTrainingsMakeOneWorkspace() throws {
        try with { fixture in
            let processes = try (0..<6).map { _ in
                try fixture.program.start(
                    ["train", "toy", "--key", "key.txt"], output: .nullDevice, errors: .nullDevice)
            }
            for process in processes {
                process.waitUntilExit()
                #expect(process.terminationReason == .exit && process.terminationStatus == 0)
            }
            let world = try ToyWorld(folder: fixture.folder) { $0.adapter = .head }
            let truth = try Snapshot(world.workspace("truth", ToyRecord.all()))
            #expect(try Snapshot(Workspace(at: fixture.workspace)).differences(from: truth) == [])
        }
    }

    @Test func manyAdditionsAndDeletionsAtOnceLoseNothing() throws {
        try with { fixture in
            try #require(try fixture.program.run("train", "toy", "--key", "key.txt").code == 0)
            let records = try ToyRecord.all()
            var left = records
            let group = DispatchGroup()
            let codes = Mutex<[Int32?]>([])
            for process in 0..<6 {
                let new = (0..<3).map { number in
                    ToyRecord(
                        id: "new-\(process)-\(number)", owner: "p\(process)", text: "Text \(number) of \(process).",
                        label: "food")
                }
                let name = "new-\(process).jsonl"
                try ToyWorld.write(new, to: fixture.folder.appending(path: name))
                let gone = [new[1].id, records[process * 3].id]
                left = (left + new).filter { !gone.contains($0.id) }
                group.enter()
                Thread {
                    for words in [["add", name], ["delete"] + gone, ["predict", "rain"]] {
                        let code = try? fixture.program.run(words).code
                        codes.withLock { $0.append(code ?? nil) }
                    }
                    group.leave()
                }.start()
            }
            group.wait()
            #expect(codes.withLock { $0.allSatisfy { $0 == 0 } })
            for words in [["log", "consistency"], ["audit"], ["fsck"]] {
                let outcome = try fixture.program.run(words)
                #expect(outcome.code == 0, "\(outcome.everything)")
            }
            let world = try ToyWorld(folder: fixture.folder) { $0.adapter = .head }
            let truth = try Snapshot(world.workspace("truth", left))
            #expect(try Snapshot(Workspace(at: fixture.workspace)).differences(from: truth) == [])
        }
    }

    // Commands open the ledger before they have the workspace's lock.
    @Test func aNewLedgerThatManyOpenAtOnceIsMadeByOneOfThem() throws {
        try TestFolder.with { folder in
            let failures = Mutex<[String]>([])
            for round in 0..<10 {
                let group = DispatchGroup()
                for _ in 0..<6 {
                    group.enter()
                    Thread {
                        do {
                            let ledger = try Ledger(folder.appending(path: "\(round).sqlite"), .create)
                            _ = try ledger.recordCount()
                        } catch {
                            failures.withLock { $0.append("\(error)") }
                        }
                        group.leave()
                    }.start()
                }
                group.wait()
            }
            #expect(failures.withLock(\.self) == [])
        }
    }

    @Test func whatACommandIsAboutToWriteIsNoDamage() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let workspace = try world.workspace("subject", ToyRecord.all())
            let path = try #require(try TestFolder.contents(workspace.root).keys.first { $0.hasPrefix("records/") })
            let (file, away) = (workspace.root.appending(path: path), world.root("away"))
            try FileManager.default.moveItem(at: file, to: away)
            #expect(try !workspace.checkup().isSound)
            var lock: WorkspaceLock? = try WorkspaceLock(workspace.files[.lock]) {}
            let checkup = try workspace.checkup {
                do { try FileManager.default.moveItem(at: away, to: file) } catch { Issue.record(error) }
                lock = nil
            }
            #expect(checkup.isSound && lock == nil)
        }
    }

    // A training without the workspace's lock, as on a file system that knows none: what it made of a record that was
    // deleted meanwhile counts nowhere, whenever that was.
    @Test(arguments: Array(stride(from: 0, through: 48, by: 4)))
    func aTrainingCannotPublishWhatADeletionMadeStale(event: Int) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let gone = try #require(records.first { world.cell($0) == Cell(shard: 0, slice: 1) })
            let subject = try world.workspace("subject", records)
            try LedgerSurgeon.execute("DELETE FROM checkpoints", workspace: subject.root)
            let left = Mutex(event)
            let isStored = Mutex(false)
            #expect(throws: LedgerError.planChanged) {
                let beginning = Session.Beginning(threads: 1) { event in
                    let isNow = left.withLock { left in
                        left -= 1
                        return left == -1
                    }
                    if isNow {
                        switch event {
                        case .advanced(let shard, _, _), .finished(let shard, _, _):
                            isStored.withLock { $0 = shard > 0 }
                        default: break
                        }
                        do {
                            try Workspace(at: subject.root).acceptOnly([gone.recordID])
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
                let session = try Session(subject, beginning, lock: WorkspaceLock(world.root("other")) {})
                try session.bringUpToDate()
            }
            let plan = CheckpointPlan(try subject.ledger.slices(), chain: subject.chain(try subject.backboneDigest()))
            let keys = Set(plan.shards.joined().map(\.key))
            for row in try subject.ledger.stages().values.joined() { #expect(keys.contains(row.key)) }
            // What was stored before the deletion is for the deletion to destroy.
            let paths = try isStored.withLock(\.self) ? [] : Array(TestFolder.contents(subject.root).keys)
            for path in paths where path.hasPrefix("checkpoints/shard-1/") {
                #expect(keys.contains { path.contains($0.description) }, "\(path) is left")
            }
            #expect(try !subject.ledger.pending().isEmpty)
            try subject.resume()
            let truth = try world.workspace("truth", records.without([gone]))
            #expect(try Snapshot(subject).differences(from: Snapshot(truth)) == [])
            let text = Data(gone.text.utf8)
            #expect(try TestFolder.contents(subject.root).allSatisfy { $0.value.range(of: text) == nil })
        }
    }
}
