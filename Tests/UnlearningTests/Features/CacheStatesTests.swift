import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Where a feature came from changes no bit.
@Suite struct CacheStatesTests {
    @Test(arguments: FeatureKind.all)
    func noStateOfTheStoreChangesABit(kind: FeatureKind) throws {
        try kind.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let truth = try subject.results()
            let files = try subject.featureFiles()
            #expect(!truth.isEmpty && !files.isEmpty)
            // Warm, and with a part of the files gone.
            try subject.trainAgain()
            #expect(try subject.results() == truth)
            #expect(try subject.featureFiles() == files)
            for name in files.keys.sorted().enumerated().filter({ $0.offset % 2 == 0 }).map(\.element) {
                try FileManager.default.removeItem(at: subject.layout().features.root.appending(path: name))
            }
            try subject.trainAgain()
            #expect(try subject.results() == truth)
            #expect(try subject.featureFiles() == files)
            // None, one entry a slice, about half, on one thread and on several.
            for (index, budget) in [0, 12 * kind.recordBytes, 12 * 2 * kind.recordBytes, 2 << 30].enumerated() {
                for threads in 1...3 {
                    var other = world
                    other.recipe.features.budget = budget
                    other.threads = threads
                    let found = try other.workspace("budget-\(index)-\(threads)", records)
                    #expect(try found.results() == truth, "\(budget) bytes, \(threads) threads")
                    let sizes = try found.featureFiles().values.map(\.count)
                    #expect(sizes.allSatisfy { $0 <= budget / 12 } && sizes.reduce(0, +) <= budget)
                    #expect(budget > 0 || sizes.isEmpty)
                }
            }
        }
    }

    // What memory cannot hold is computed anew for every batch, beside what it holds.
    @Test(arguments: FeatureKind.all)
    func noLimitOfMemoryChangesABit(kind: FeatureKind) throws {
        try kind.with(changing: { $0.shards = 1 }) { world in
            let records = try world.workspace("subject", ToyRecord.all()).records(shard: 0)
            let model = try Model(world.recipe, backbone: world.backbone, training: true)
            func train(memory: Int) throws -> [UInt32] {
                let trainer = try SliceTrainer(
                    world.recipe, model, shard: 0, records: records, table: StageTable(world.recipe), threads: 1,
                    features: nil, memory: memory)
                return try (0..<world.recipe.slices).reduce(trainer.initialState) { state, stage in
                    try trainer.train(stage: stage, from: state) { _ in }
                }.values.map(\.bitPattern)
            }
            let all = try model.features(of: records.map(\.record), threads: 1).reduce(0) { $0 + $1.bytes }
            let truth = try train(memory: all)
            for memory in [0, all / 4, all / 2, all - 1] {
                #expect(try train(memory: memory) == truth, "\(memory) of \(all) bytes")
            }
        }
    }

    // What a slice's share cannot hold is computed, and the file ends there.
    @Test func aFileHoldsTheBeginningOfItsSlice() throws {
        try ToyWorld.with(changing: {
            $0.adapter = .head
            $0.shards = 1
            $0.slices = 1
        }) { world in
            var world = world
            let whole = try world.workspace("whole", ToyRecord.all())
            let cell = Cell(shard: 0, slice: 0)
            let all = try #require(whole.layout().features.read(cell))
            #expect(all.entries.count == 24)
            for count in [0, 1, 10, 23] {
                let entry = FeatureFile.entryBytes + 32 * 4
                world.recipe.features.budget =
                    FeatureFile.headerBytes + FeatureFile.sealBytes + count * entry + entry - 1
                let part = try world.workspace("part-\(count)", ToyRecord.all())
                let names = try part.layout().features.read(cell)?.entries.map(\.name) ?? []
                #expect(names == all.entries.prefix(count).map(\.name))
            }
        }
    }

    @Test func bf16IsAnotherTrainingAndAnExplicitOne() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            var rounded = world
            rounded.recipe.features.precision = .bf16
            let exact = try world.workspace("exact", ToyRecord.all())
            let truth = try rounded.workspace("rounded", ToyRecord.all())
            #expect(try exact.results() != truth.results())
            // A change of recipe leads to the same place, and leaves no file of the old kind.
            let changed = try rounded.retrain(exact).workspace
            #expect(try Snapshot(changed).differences(from: Snapshot(truth)) == [])
            #expect(try truth.verify().isIdentical)
        }
    }

    // Features depend on the trunk only: another learning rate needs no new ones, and another length needs all.
    @Test func filesOutliveAChangeThatDoesNotTouchTheTrunkAndNoOther() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let files = try subject.featureFiles()
            var other = world
            other.recipe.optimizer.headLearningRate *= 2
            #expect(try other.retrain(subject).workspace.featureFiles() == files)
            let changes: [(inout Recipe) -> Void] = [
                { $0.maxTokens = 8 }, { $0.pooling = .cls }, { $0.features.precision = .bf16 },
                { $0.adapter = .lora(rank: 2, targets: [.query], layers: .top(1)) }, { $0.shards = 2 }
            ]
            for (index, change) in changes.enumerated() {
                var other = world
                change(&other.recipe)
                let retrained = try other.retrain(try world.copy(subject, as: "subject-\(index)")).workspace
                let fresh = try other.workspace("fresh-\(index)", ToyRecord.all())
                #expect(try Snapshot(retrained).differences(from: Snapshot(fresh)) == [], "change \(index)")
                #expect(try retrained.featureFiles() != files)
            }
            // Other weights under the same names.
            var seeded = world
            seeded.backbone = try world.movableBackbone()
            let config = seeded.backbone.appending(path: "config.json")
            let text = try String(contentsOf: config, encoding: .utf8)
            try Data(text.replacing("\"initializer_seed\": 7", with: "\"initializer_seed\": 8").utf8).write(to: config)
            let retrained = try seeded.retrain(try world.copy(subject, as: "subject-seed")).workspace
            let fresh = try seeded.workspace("fresh-seed", ToyRecord.all())
            #expect(try Snapshot(retrained).differences(from: Snapshot(fresh)) == [])
            #expect(try retrained.featureFiles() != files)
            other.recipe.features.budget = 0
            #expect(try other.retrain(subject).workspace.featureFiles().isEmpty)
        }
    }

    // A backup brings back the file of before a correction: the same id in the same cell, and another text.
    @Test(arguments: FeatureKind.all) func noFeatureOfATextThatWasCorrectedIsUsed(kind: FeatureKind) throws {
        try kind.with { world in
            var records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let url = try subject.layout().features.url(world.cell(records[5]))
            let old = try Data(contentsOf: url)
            try subject.delete([records[5].recordID])
            records[5].text = "The ferry to the old harbour was late."
            try subject.add([world.file("corrected.jsonl", [records[5]])])
            #expect(try Data(contentsOf: url) != old)
            try old.write(to: url)
            try subject.trainAgain()
            let truth = try Snapshot(world.workspace("truth", records))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func layersFromTheFirstOnHaveNothingBelowThemToStore() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            #expect(try subject.featureFiles().isEmpty)
        }
    }

    // A process of its own, which may write no file as long as the slice's features: as on a disk that has become full.
    @Test func aFileThatCannotBeWrittenFailsNoTraining() async throws {
        try await TestFolder.with { folder in
            let path = folder.path
            await #expect(processExitsWith: .success) { [path = path as String] in
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 120_000, rlim_max: 120_000)
                guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
                    exit(EXIT_FAILURE)
                }
                _ = try FeatureFixture.longWorld(URL(filePath: path)).workspace("subject", FeatureFixture.longRecords())
            }
            let world = try FeatureFixture.longWorld(folder)
            let subject = try Workspace(at: world.root("subject"))
            #expect(try subject.featureFiles().isEmpty)
            let truth = try world.workspace("truth", FeatureFixture.longRecords())
            #expect(try truth.featureFiles().values.map(\.count).max() ?? 0 > 120_000)
            #expect(try subject.results() == truth.results())
            try subject.trainAgain()
            #expect(try subject.featureFiles() == truth.featureFiles())
        }
    }
}

enum FeatureFixture {
    static func longWorld(_ folder: URL) throws -> ToyWorld {
        try ToyWorld(folder: folder) {
            $0.adapter = .lora(rank: 2, targets: [.query], layers: .top(1))
            ($0.shards, $0.slices, $0.epochs, $0.maxTokens) = (1, 1, 1, 64)
        }
    }

    /// Texts that fill every cell of the backbone.
    static func longRecords() throws -> [ToyRecord] {
        try ToyRecord.all().map { record in
            var long = record
            long.text = String(repeating: record.text + " ", count: 8)
            return long
        }
    }
}
