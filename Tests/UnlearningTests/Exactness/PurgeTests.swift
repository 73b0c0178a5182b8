import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// After a deletion no byte on disk speaks of the record.
@Suite(.everyTask) struct PurgeTests {
    /// A text in the shapes in which it could lie in a file.
    private func shapes(_ text: String) -> [Data] {
        let bytes = Data(text.utf8)
        // Base64 differs by where in a group of three the text begins; the ends of each form depend on neighbours.
        let base64 = (0..<3).map { shift in
            Data(Data(repeating: 0, count: shift) + bytes).base64EncodedString().dropFirst(4).dropLast(4)
        }
        return [bytes, text.data(using: .utf16LittleEndian), text.data(using: .utf16BigEndian)].compactMap { $0 }
            + base64.map { Data($0.utf8) } + [Data(Array(bytes).hexadecimal.utf8)]
    }

    /// Files that hold one of these byte strings, checkpoints both as they lie there and unpacked.
    private func files(of workspace: Workspace, holding needles: [Data]) throws -> [String] {
        var haystacks = try TestFolder.contents(workspace.root)
        for (name, content) in try Snapshot(workspace).all("content") { haystacks[name] = Data(content) }
        return haystacks.filter { file in
            needles.contains { file.value.range(of: $0) != nil || file.key.utf8.elementsEqual($0) }
        }.keys.sorted()
    }

    @Test(arguments: Recipe.AssignBy.allCases)
    func nothingOfARecordIsLeftOnDisk(by: Recipe.AssignBy) throws {
        try ToyWorld.with(changing: { $0.assignBy = by }) { world in
            let canary = ToyRecord(
                id: "canary-7f3a91d0", owner: "owner-55e1c7b2",
                text: "The quokka hid eleven violet marbles beneath the lighthouse stairs.", label: "travel")
            let subject = try world.workspace("subject", ToyRecord.all() + [canary])
            let needles = [canary.id, canary.owner ?? "", canary.text].flatMap(shapes)
            let cell = world.cell(canary)
            let home = "records/shard-\(cell.shard + 1)/slice-\(cell.slice + 1).jsonl"
            #expect(try files(of: subject, holding: needles) == [home])

            let digests = RecordDigest(world.key)
            var record = canary.stored
            if ToyWorld.task == .classification { record.content = .labelled(text: canary.text, label: 2) }
            let digest = digests.digest(record)
            var fingerprints = [Data(digest), Data(digests.tag(canary.recordID).bytes)]
            #expect(try files(of: subject, holding: fingerprints) == [])
            // The index knows it by keyed digests: of its text and its owner, and of its id where that alone does not
            // tell the place.
            let stored = try subject.records(shard: cell.shard).filter { $0.record.id == canary.recordID }
            let index = try subject.layout().index
            fingerprints += index.kinds.flatMap { index.entries(stored, $0).map { Data($0.digest) } }
            let known = try files(of: subject, holding: fingerprints)
            #expect(known.count == (by == .owner ? 3 : 2) && known.allSatisfy { $0.hasPrefix("index/") })

            try subject.delete([canary.recordID])
            #expect(try files(of: subject, holding: needles + fingerprints) == [])
        }
    }

    @Test(arguments: 0..<24)
    func noCheckpointThatSawARecordOutlivesIt(index: Int) throws {
        try ToyWorld.with { world in
            let record = try ToyRecord.all()[index]
            let subject = try world.workspace("subject", ToyRecord.all())
            let cell = world.cell(record)
            let stale = try subject.ledger.stages(shard: cell.shard).filter { $0.stage >= cell.slice }
            #expect(!stale.isEmpty)
            let contents = try stale.map { row in
                try #require(
                    try subject.store.read(row.key, shard: cell.shard, size: row.size, digest: row.digest)
                ).content
            }
            let slice = try subject.ledger.slices()[cell.shard][cell.slice].digest
            try subject.delete([record.recordID])

            let after = try TestFolder.contents(subject.root)
            let names = Set(after.keys.map { URL(filePath: $0).lastPathComponent })
            let ledger = try #require(after["ledger.sqlite"])
            for row in stale {
                #expect(!names.contains { $0.contains(row.key.description) })
                #expect(ledger.range(of: Data(row.key.bytes)) == nil)
                #expect(ledger.range(of: Data(row.digest)) == nil)
            }
            #expect(ledger.range(of: Data(slice)) == nil)
            let words = [record.text, record.id].map { Data($0.utf8) }
            #expect(try files(of: subject, holding: words) == [])
            let kept = try Snapshot(subject).all("content").values
            #expect(contents.allSatisfy { !kept.contains($0) })
        }
    }

    @Test func whatKilledProcessesLeftIsSweptByADeletion() throws {
        try ToyWorld.with { world in
            let record = try ToyRecord.all()[0]
            let subject = try world.workspace("subject", ToyRecord.all())
            let shard = world.cell(record).shard
            let before = try Set(TestFolder.contents(subject.root).keys)
            let leftovers = [
                ".writing-key", "checkpoints/shard-\(shard + 1)/.writing-0123.safetensors.planes.zst",
                "checkpoints/shard-\(shard + 1)/unknown", "verification/ledger.sqlite",
                "verification/checkpoints/shard-1/0123.safetensors.planes.zst"
            ]
            for path in leftovers {
                let url = subject.root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(record.text.utf8).write(to: url)
            }
            try subject.delete([record.recordID])
            #expect(try files(of: subject, holding: [Data(record.text.utf8)]) == [])
            let after = try Set(TestFolder.contents(subject.root).keys)
            #expect(leftovers.filter(after.contains) == [])
            #expect(!FileManager.default.fileExists(atPath: subject.root.appending(path: "verification").path))
            // The receipt is new, and nothing else.
            #expect(after.subtracting(before).allSatisfy { $0.hasPrefix("receipts/") || $0.hasPrefix("checkpoints/") })
        }
    }

    @Test func whatATrainingLeftInAnyShardIsSweptByTheNext() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let before = try Snapshot(subject)
            for path in ["shard-1/.writing-1", "shard-3/0123.safetensors.planes.zst", "shard-77/0123.safetensors.zst"] {
                let url = subject.root.appending(path: "checkpoints/\(path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data([1]).write(to: url)
            }
            #expect(try Snapshot(subject).differences(from: before).count == 3)
            try subject.resume()
            #expect(try Snapshot(subject).differences(from: before) == [])
        }
    }

    @Test func whatIsForgottenIsOffTheDiskBeforeTheRepairBegins() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let records = try ToyRecord.all()
            let gone = records[6]
            let subject = try world.workspace("subject", records)
            try FileManager.default.removeItem(at: world.backbone)
            #expect(throws: DeletionError.self) { try subject.delete([gone.recordID]) }

            let found = try TestFolder.contents(subject.root).filter {
                $0.value.range(of: Data(gone.text.utf8)) != nil
            }
            #expect(found.keys.sorted() == [])
            #expect(try subject.status().shards[world.cell(gone).shard].state != .retrainEquivalent)
            world.backbone = try world.movableBackbone()
            try subject.resume()
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // A change of recipe that was killed before it destroyed the old checkpoints: they may lie in any shard, and a
    // deletion in one shard must not leave those of the others.
    @Test func whatAnUnfinishedChangeOfRecipeLeftIsDestroyedByTheNextDeletion() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let record = try ToyRecord.all()[0]
            let other = (world.cell(record).shard + 1) % world.recipe.shards
            let folder = subject.root.appending(path: "checkpoints/shard-\(other + 1)")
            let left = folder.appending(path: String(repeating: "ab", count: 32) + ".safetensors.planes.zst")
            try Data("an old checkpoint".utf8).write(to: left)
            try LedgerSurgeon.execute("INSERT INTO facts VALUES ('stale', x'')", workspace: subject.root)
            try subject.delete([record.recordID])
            #expect(!FileManager.default.fileExists(atPath: left.path))
            #expect(try subject.ledger.fact("stale") == nil)
        }
    }

    @Test func aChangedRecipeIsMarkedUntilItIsTrained() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            #expect(try subject.ledger.fact("stale") == nil)
            var changed = world
            changed.recipe.seed += 1
            // Seen while it trains, gone when it is done.
            let marks = Mutex<[Bool]>([])
            let ledger = subject.ledger
            _ = try Workspace.train(
                changed.recipe, TrainingSources(backbone: world.backbone, files: []), at: subject.root,
                progress: { _ in
                    let isMarked = (try? ledger.fact("stale")) != nil
                    marks.withLock { $0.append(isMarked) }
                })
            #expect(marks.withLock { !$0.isEmpty && $0.allSatisfy { $0 } })
            #expect(try subject.ledger.fact("stale") == nil)
        }
    }
}
