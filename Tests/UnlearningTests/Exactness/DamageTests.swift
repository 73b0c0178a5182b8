import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// A damaged checkpoint is noticed before it can answer or be trained on, and is made again with the same bytes.
@Suite(.everyTask) struct DamageTests {
    enum Damage: String, CaseIterable {
        case firstBit, middleBit, lastBit, truncated, emptied, removed, swapped, garbage

        func apply(_ files: [URL], _ index: Int) throws {
            let file = files[index]
            var bytes = try Data(contentsOf: file)
            switch self {
            case .firstBit: bytes[0] ^= 1
            case .middleBit: bytes[bytes.count / 2] ^= 0x10
            case .lastBit: bytes[bytes.count - 1] ^= 0x80
            case .truncated: bytes.removeLast(bytes.count / 3)
            case .emptied: bytes = Data()
            case .removed: return try FileManager.default.removeItem(at: file)
            case .swapped: bytes = try Data(contentsOf: files[(index + 1) % files.count])
            case .garbage: bytes = Data(repeating: 0xA5, count: 4096)
            }
            try bytes.write(to: file)
        }
    }

    private func checkpointFiles(_ workspace: Workspace) throws -> [URL] {
        try TestFolder.contents(workspace.root).keys.filter { $0.hasPrefix("checkpoints/") }.sorted()
            .map { workspace.root.appending(path: $0) }
    }

    @Test(arguments: Damage.allCases)
    func everyDamagedCheckpointIsNoticedAndMadeAgainWithTheSameBytes(damage: Damage) throws {
        try ToyWorld.with { world in
            let original = try world.workspace("original", ToyRecord.all())
            let truth = try Snapshot(original)
            for index in try checkpointFiles(original).indices {
                let subject = try world.copy(original, as: "subject-\(index)")
                try damage.apply(checkpointFiles(subject), index)
                let noticed = Mutex(0)
                try subject.resume { event in
                    if case .rebuilding = event { noticed.withLock { $0 += 1 } }
                }
                #expect(noticed.withLock { $0 } == 1, "checkpoint \(index)")
                #expect(try Snapshot(subject).differences(from: truth) == [], "checkpoint \(index)")
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func aDamagedCheckpointDoesNotAnswerAndDoesNotPassVerification(damage: Damage) throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let before = try subject.voterRecords()
            let plan = CheckpointPlan(
                try subject.ledger.slices(), chain: subject.chain(try subject.backboneDigest()))
            let last = try #require(plan.shards[0].last)
            let files = try checkpointFiles(subject)
            let index = try #require(files.firstIndex { $0.path.contains(last.key.description) })
            try damage.apply(files, index)

            let after = try subject.voterRecords()
            #expect(after.filter { $0.key != 0 } == before.filter { $0.key != 0 })
            #expect(after[0] ?? 0 < before[0] ?? 0)
            let report = try subject.verify()
            #expect(report.stages.filter { !$0.isIdentical }.map(\.shard) == [0])
            #expect(!report.isIdentical)
        }
    }

    @Test func aDeletionMendsTheDamagedCheckpointsOfItsShard() throws {
        try ToyWorld.with(changing: { $0.shards = 1 }) { world in
            let records = try ToyRecord.all()
            let gone = try #require(records.first { world.cell($0).slice == 3 })
            let original = try world.workspace("original", records)
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            for index in try checkpointFiles(original).indices {
                let subject = try world.copy(original, as: "subject-\(index)")
                try Damage.middleBit.apply(checkpointFiles(subject), index)
                try subject.delete([gone.recordID])
                #expect(try Snapshot(subject).differences(from: truth) == [], "checkpoint \(index)")
            }
        }
    }

    @Test func aRowOfAShardThatThePlanDoesNotHaveGoesWithTheNextTraining() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let rows = try subject.ledger.stages()
            try LedgerSurgeon.execute(
                "INSERT INTO checkpoints VALUES (9, 0, zeroblob(32), zeroblob(32), 1, 1, 0, 0)",
                workspace: subject.root)
            #expect(try subject.ledger.stages() != rows)
            try subject.resume()
            #expect(try subject.ledger.stages() == rows)
        }
    }
}
