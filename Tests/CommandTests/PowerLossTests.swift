import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The power fails at any moment, and what was not synced is lost, or half of it, or none.
///
/// What a command does to files is written down by tools/faults; from it follow the states that a disk may be left in
/// (`PowerLossDisk`). Each is opened, asked and finished like any workspace, and must then be that of an undisturbed
/// run.
@Suite(.enabled(if: Faults.compiler != nil, "needs clang, which comes with Swift")) struct PowerLossTests {
    private static let (id, owner) = ("toy-07", "ada")
    private static let delete = PowerLossRecording.Command(words: ["delete", id])
    private static let again = PowerLossRecording.Command(words: ["delete", id], codes: [0, 65])
    private static let repair = PowerLossRecording.Command(words: ["repair"])

    private static func records(_ isGone: (ToyRecord) -> Bool) throws -> [ToyRecord] {
        let gone = try ToyRecord.all().filter(isGone)
        try #require(!gone.isEmpty)
        return gone
    }

    private static func judge(_ world: PowerLossWorld, before: PowerLossImage) throws -> PowerLossJudge {
        try world.judge(
            deleting: records { $0.id == id }, by: DeletionRequest(ids: [RecordID(id)]), before: before)
    }

    @Test func aTrainingIsFinished() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let recording = try world.record(from: PowerLossImage(), .init(words: PowerLossWorld.train))
            try trials.run(recording, world.judge())
            trials.expectNone("a training")
        }
    }

    @Test func aTrainingWithOtherShardsIsFinished() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train, ["delete", Self.id, "--defer"]])
            try world.fixture.editRecipe("shards: 3", "shards: 2")
            let recording = try world.record(from: start, .init(words: PowerLossWorld.train))
            var judge = try world.judge()
            judge.gone = try Self.records { $0.id == Self.id }
            try trials.run(recording, judge, isForgotten: true)
            trials.expectNone("a training with other shards")
        }
    }

    @Test func aDeletionIsFinishedAndNothingComesBack() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let recording = try world.record(from: start, Self.delete)
            try trials.run(recording, Self.judge(world, before: start))
            trials.expectNone("a deletion")
        }
    }

    @Test func aDeletionOfAnOwnerInManyShardsIsAllOrNone() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let recording = try world.record(from: start, .init(words: ["delete", "--owner", Self.owner]))
            let gone = try Self.records { $0.owner == Self.owner }
            let judge = try world.judge(deleting: gone, by: DeletionRequest(owners: [Self.owner]), before: start)
            try trials.run(recording, judge)
            trials.expectNone("a deletion of an owner")
        }
    }

    @Test func aDeferredDeletionIsFinishedByARepair() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let recording = try world.record(from: start, .init(words: ["delete", Self.id, "--defer"]))
            try trials.run(recording, Self.judge(world, before: start))
            trials.expectNone("a deferred deletion")
        }
    }

    @Test func aRepairIsFinishedByTheNext() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let forgotten = try world.image(after: [PowerLossWorld.train, ["delete", Self.id, "--defer"]])
            let recording = try world.record(from: forgotten, Self.repair)
            try trials.run(recording, Self.judge(world, before: start), isForgotten: true)
            trials.expectNone("a repair")
        }
    }

    @Test func anAdditionIsAllOrNone() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let new = [
                ToyRecord(id: "new-1", owner: "ada", text: "Hail and wind from the west.", label: "weather"),
                ToyRecord(id: "new-2", owner: "zoe", text: "A warm loaf of bread.", label: "food")
            ]
            try ToyWorld.write(new, to: world.fixture.folder.appending(path: "new.jsonl"))
            let recording = try world.record(from: start, .init(words: ["add", "new.jsonl"]))
            try trials.run(recording, world.judge(adding: "new.jsonl"))
            trials.expectNone("an addition")
        }
    }

    // What a killed process did not sync is still to be lost when the next has given its word.
    @Test func aKilledDeletionThatWasGivenAgainIsDone() throws {
        try PowerLossWorld.with { world in
            let start = try world.image(after: [PowerLossWorld.train])
            try Self.kill(Self.delete, in: world, "a killed deletion, given again") { killed in
                let recording = try world.record(from: start, killed, Self.again, Self.repair)
                return (recording, try Self.judge(world, before: start))
            }
        }
    }

    @Test func aKilledTrainingThatWasGivenAgainIsDone() throws {
        try PowerLossWorld.with { world in
            let train = PowerLossRecording.Command(words: PowerLossWorld.train)
            try Self.kill(train, in: world, "a killed training, given again") { killed in
                let recording = try world.record(from: PowerLossImage(), killed, train)
                return (recording, try world.judge())
            }
        }
    }

    /// Kills a command at its last call, and at many others; `record` records it and what follows.
    private static func kill(
        _ command: PowerLossRecording.Command, in world: PowerLossWorld, _ name: String,
        record: (PowerLossRecording.Command) throws -> (PowerLossRecording, PowerLossJudge)
    ) throws {
        var trials = PowerLossTrials()
        var generator = SeededGenerator(seed: PowerLossTrials.seed)
        let points = try world.faults.count(world.fixture.program, command.words)
        let chosen = (0..<PowerLossTrials.states / PowerLossTrials.statesOfOne).map { _ in
            Int.random(in: 1...points, using: &generator)
        }
        for point in [points] + chosen {
            var killed = command
            killed.fault = "\(point):kill"
            killed.codes = [nil]
            let (recording, judge) = try record(killed)
            // The last call syncs the last commit: the next process finds nothing to do, and must not leave that to
            // chance.
            let states = PowerLossTrials.statesOfOne * (point == points ? 5 : 1)
            try trials.run(recording, judge, states: states)
        }
        trials.expectNone(name)
    }

    @Test func aSecondPowerFailureIsNoWorseThanTheFirst() throws {
        try PowerLossWorld.with { world in
            var trials = PowerLossTrials()
            let start = try world.image(after: [PowerLossWorld.train])
            let first = try world.record(from: start, Self.delete)
            for number in 0..<UInt64(PowerLossTrials.states / PowerLossTrials.statesOfOne) {
                let state = try first.state(seed: PowerLossTrials.seed &+ number)
                let recording = try world.record(from: state.image, Self.again, Self.repair)
                try trials.run(
                    recording, Self.judge(world, before: start), states: PowerLossTrials.statesOfOne,
                    isForgotten: state.hasDestroyed)
            }
            trials.expectNone("a second power failure")
        }
    }

    // The same, for a program that leaves out one of its syncs: what these tests say means nothing if that goes
    // unnoticed. SQLite's own are left alone.
    @Test func noSyncOfADeferredDeletionCanBeLeftOut() throws {
        try PowerLossWorld.with { world in
            let start = try world.image(after: [PowerLossWorld.train])
            let recording = try world.record(from: start, .init(words: ["delete", Self.id, "--defer"]))
            let judge = try Self.judge(world, before: start)
            // Features are a cache.
            let syncs = recording.syncs.filter { sync in
                !["workspace/ledger", "workspace/features"].contains(where: sync.path.hasPrefix)
                    && sync.path != "workspace"
            }
            #expect(!syncs.isEmpty)
            for (step, path) in syncs {
                var careless = recording
                careless.steps.remove(at: step)
                var trials = PowerLossTrials()
                try trials.run(careless, judge, stops: true)
                #expect(!trials.faults.isEmpty, "\(path) need not be synced, or nobody notices")
            }
            print("power: \(syncs.count) syncs of a deferred deletion, each missed where it is left out")
        }
    }
}
