import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What must not change a bit: threads, instruction sets, the order of rows, the cut into files.
@Suite(.everyTask) struct SameBitsTests {
    @Test(arguments: [1, 2, 4])
    func threadsChangeNoBitOfATrainingOrADeletion(threads: Int) throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let gone = [records[3], records[17]]
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            var threaded = world
            threaded.threads = threads
            let subject = try threaded.workspace("subject", records)
            try subject.delete(gone.recordIDs, threads: threads)
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try subject.verify(threads: 5 - threads).isIdentical)
            #expect(try subject.answers(threads: threads) == subject.answers())
        }
    }

    @Test func oneLargeShardIsTheSameOnAnyNumberOfThreads() throws {
        // One shard has all threads to itself, so that they share out the batches of one training.
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.batch = 24
            $0.adapter = .lora(rank: 3, targets: ToyWorld.modules)
        }) { world in
            // Texts repeated until a batch has more tokens than one chunk takes.
            let records = try ToyRecord.all().map { record in
                var long = record
                if ToyWorld.task == .classification {
                    long.text = String(repeating: record.text + " ", count: 8)
                } else {
                    long.label = String(repeating: record.label + " ", count: 8)
                }
                return long
            }
            let truth = try Snapshot(world.workspace("truth", records))
            for threads in [2, 3, 4, 7] {
                var threaded = world
                threaded.threads = threads
                let found = try Snapshot(threaded.workspace("threads-\(threads)", records))
                #expect(found.differences(from: truth) == [], "\(threads) threads")
            }
        }
    }

    @Test(arguments: InstructionSet.allCases.filter(\.isAvailable))
    func instructionSetsChangeNoBit(set: InstructionSet) async throws {
        try await TestFolder.with { folder in
            let (path, name, task) = (folder.path, set.rawValue, ToyWorld.task.rawValue)
            // In a process of its own: the choice holds for a whole process, and other tests look at it.
            await #expect(processExitsWith: .success) {
                [path = path as String, name = name as String, task = task as String] in
                try ToyWorld.$task.withValue(try #require(Recipe.TaskKind(rawValue: task))) {
                    var world = try ToyWorld(folder: URL(filePath: path))
                    world.recipe.adapter = .lora(rank: 3, targets: ToyWorld.modules)
                    let records = try ToyRecord.all()
                    guard try #require(InstructionSet(rawValue: name)).select() else { exit(EXIT_FAILURE) }
                    let subject = try world.workspace("subject", records)
                    try subject.delete([records[8].recordID])
                }
            }
            var world = try ToyWorld(folder: folder)
            world.recipe.adapter = .lora(rank: 3, targets: ToyWorld.modules)
            let records = try ToyRecord.all()
            let truth = try Snapshot(world.workspace("truth", records.without([records[8]])))
            let subject = try Workspace(at: world.root("subject"))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func theOrderOfRowsChangesNoBit(seed: UInt64) throws {
        try ToyWorld.with { world in
            var generator = SeededGenerator(seed: seed)
            let records = try ToyRecord.all()
            let truth = try Snapshot(world.workspace("truth", records))
            let shuffled = try world.workspace("shuffled", records.shuffled(using: &generator))
            #expect(try Snapshot(shuffled).differences(from: truth) == [])
        }
    }

    @Test func theCutIntoFilesChangesNoBit() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let truth = try Snapshot(world.workspace("truth", records))
            let parts = [Array(records[15...]), Array(records[..<2]), Array(records[2..<15])]
            #expect(try Snapshot(world.workspace("three", files: parts)).differences(from: truth) == [])
        }
    }

    @Test func anotherKeyPlacesRecordsElsewhere() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            var other = world
            other.key = try WorkspaceKey(hexadecimal: String(repeating: "00", count: 32))
            let differences = try Snapshot(other.workspace("other", records))
                .differences(from: Snapshot(world.workspace("truth", records)))
            #expect(differences.contains { $0.hasSuffix("content") })
            #expect(differences.contains { $0.hasPrefix("record ") })
        }
    }
}
