import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Defects of the reference implementation of SISA (cleverhans-lab/machine-unlearning), each as a test that fails with
/// it.
@Suite(.everyTask) struct SISALessonsTests {
    // SISA 1: the last slice trains on the remainder rows, but its hash leaves them out, so deleting one does nothing.
    @Test func deletingTheVeryLastRecordOfAShardIsNoSilentNoOp() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            for shard in 0..<world.recipe.shards {
                let last = try #require(try original.records(shard: shard).last)
                let subject = try world.copy(original, as: "subject-\(shard)")
                try subject.delete([last.record.id])
                let changed = try Snapshot(subject).differences(from: Snapshot(original))
                #expect(changed.contains("shard \(shard) stage \(last.cell.slice) key"))
                #expect(changed.contains("shard \(shard) stage \(last.cell.slice) content"))
            }
        }
    }

    /// Of recipes of one task; nil: of every task.
    static let changes: [(name: String, task: Recipe.TaskKind?, change: @Sendable (inout Recipe) -> Void)] = [
        ("seed", nil, { $0.seed += 1 }), ("epochs", nil, { $0.epochs = 5 }), ("batch", nil, { $0.batch = 3 }),
        ("slices", nil, { $0.slices = 3 }), ("shards", nil, { $0.shards = 2 }),
        ("tokens", .classification, { $0.maxTokens = 6 }),
        ("pooling", .classification, { $0.pooling = .cls }), ("adapter", .classification, { $0.adapter = .head }),
        ("rank", .classification, { $0.adapter = .lora(rank: 3, targets: [.query, .value]) }),
        ("targets", .classification, { $0.adapter = .lora(rank: 2, targets: [.query, .key]) }),
        ("rate", nil, { $0.optimizer.learningRate = 1e-3 }),
        ("head rate", .classification, { $0.optimizer.headLearningRate = 1e-3 }),
        ("decay", nil, { $0.optimizer.weightDecay = 0.5 }), ("schedule", nil, { $0.optimizer.schedule = .linear }),
        ("warm-up", nil, { $0.optimizer.warmup = 0.5 }), ("precision", nil, { $0.checkpointPrecision = .bf16 }),
        ("tokens", .generation, { $0.maxTokens = 30 }), ("template", .generation, { $0.generation?.template = .plain }),
        ("prompts", .generation, { $0.generation?.promptWeight = 0 }),
        ("long records", .generation, { $0.generation?.overlong = .refuse }),
        ("rank", .generation, { $0.adapter = .lora(rank: 3, targets: [.queryProjection, .valueProjection]) }),
        ("targets", .generation, { $0.adapter = .lora(rank: 2, targets: [.queryProjection, .keyProjection]) })
    ]

    // SISA 2: the cache is keyed by the rows alone, so a changed learning rate finds the old weights.
    @Test(arguments: changes.indices)
    func aChangedRecipeFindsNoStaleCheckpoint(index: Int) throws {
        guard Self.changes[index].task ?? ToyWorld.task == ToyWorld.task else { return }
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let old = try Snapshot(subject).all("key")
            var changed = world
            Self.changes[index].change(&changed.recipe)
            let (again, report) = try changed.retrain(subject)
            #expect(report.stagesTrained > 0 && !report.isNew)
            let found = try Snapshot(again)
            #expect(Set(found.all("key").values).isDisjoint(with: old.values))
            #expect(found.differences(from: try Snapshot(changed.workspace("truth", records))) == [])
            #expect(try again.verify().isIdentical)
        }
    }

    // SISA 2, the other way round: what changes no weight trains nothing again, and is served at once.
    @Test func aChangedAggregationTrainsNothingAndIsServedAtOnce() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            var changed = world
            changed.recipe.aggregation = .majority
            changed.recipe.generation?.aggregation = .product
            let (again, report) = try changed.retrain(subject)
            #expect(report.stagesTrained == 0)
            let differences = try Snapshot(again).differences(from: Snapshot(world.copy(subject, as: "same")))
            #expect(differences == [])
            #expect(try again.answers() == changed.workspace("truth", records).answers())
            guard ToyWorld.task == .classification else { return }
            let shares = try again.predict(["rain"])[0].probabilities
            #expect(shares.allSatisfy { ($0 * 3).rounded() / 3 == $0 })
        }
    }

    // SISA 3: no seed anywhere, so "the same as a retraining" cannot be checked.
    @Test func twoTrainingsAreTheSameAndAnotherSeedIsNot() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let first = try Snapshot(world.workspace("first", records))
            #expect(try Snapshot(world.workspace("second", records)).differences(from: first) == [])
            var other = world
            other.recipe.seed = 8
            let third = try Snapshot(other.workspace("third", records))
            #expect(Set(third.all("content").values).isDisjoint(with: first.all("content").values))
        }
    }

    // SISA 4: Adam's moments live on from slice to slice in one process, and are lost on a restart from a checkpoint.
    @Test func aStageTrainedFromItsStoredCheckpointIsTheStageTrainedInOneGo() throws {
        try ToyWorld.with(changing: { $0.shards = 1 }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let truth = try Snapshot(subject)
            for stage in 1..<world.recipe.slices {
                try LedgerSurgeon.execute("DELETE FROM checkpoints WHERE stage >= \(stage)", workspace: subject.root)
                #expect(try subject.resume().stagesTrained == world.recipe.slices - stage)
                #expect(try Snapshot(subject).differences(from: truth) == [], "from stage \(stage)")
            }
        }
    }

    // SISA 5: a recovery resumes at the epoch it has just finished, so that one epoch is trained twice.
    @Test func aRecoveryRepeatsNoPass() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let passes = try subject.status().recordPasses
            try LedgerSurgeon.execute("DELETE FROM checkpoints WHERE stage >= 2", workspace: subject.root)
            try subject.resume()
            #expect(try subject.status().recordPasses == passes)
            #expect(try subject.verify().isIdentical)
        }
    }

    // SISA 6: the clean-up misses intermediate states. SISA 7: superseded states are never removed.
    @Test func afterAnythingOnlyTheCheckpointsOfThePlanAreOnDisk() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            var changed = world
            changed.recipe.seed = 99
            for step in 0..<6 {
                var current = subject
                if step == 3 { current = try changed.retrain(subject).workspace }
                if step > 3 { current = try Workspace(at: subject.root) }
                try current.delete([records[step * 4].recordID])
                let plan = CheckpointPlan(
                    try current.ledger.slices(), chain: current.chain(try current.backboneDigest()))
                let wanted = plan.shards.enumerated().flatMap { shard, items in
                    items.map { "checkpoints/shard-\(shard + 1)/\($0.key).safetensors.planes.zst" }
                }
                let found = try TestFolder.contents(current.root).keys.filter { $0.hasPrefix("checkpoints/") }
                #expect(Set(found) == Set(wanted))
                let rows = try (0..<3).flatMap { try current.ledger.stages(shard: $0).map(\.key) }
                #expect(Set(rows) == Set(plan.shards.joined().map(\.key)))
            }
        }
    }

    // SISA 8: e = 1 over R = 16 slices gives 15 stages no epoch, and 44 % of the data are never used.
    @Test func oneEpochOverSixteenSlicesUsesEveryRecord() throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.slices = 16
            $0.epochs = 1
            $0.optimizer.weightDecay = 0
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let rows = try subject.ledger.stages(shard: 0)
            let occupied = try subject.ledger.occupiedSlices(shard: 0)
            #expect(rows.map(\.stage) == occupied && rows.allSatisfy { $0.recordPasses > 0 })
            #expect(Set(rows.map(\.digest)).count == rows.count, "a stage changed nothing")
            // Every record leaves its mark in the stage of its own slice.
            let before = try Snapshot(subject)
            for record in records {
                let forgetting = try world.copy(subject, as: record.id)
                try forgetting.delete([record.recordID])
                let stage = world.cell(record).slice
                let name = "shard 0 stage \(stage) content"
                #expect(try Snapshot(forgetting).parts[name] != before.parts[name], "\(record.id)")
            }
        }
    }

    // SISA 10: the test run never leaves training mode, so that dropout stays on and answers are random.
    @Test func anAnswerIsTheSameEveryTime() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let first = try subject.answers()
            for _ in 0..<3 { #expect(try subject.answers() == first) }
        }
    }

    // SISA 12: every request is drawn anew from the whole data, so deletions do not add up.
    @Test func deletionsAddUp() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            for (count, record) in records.prefix(6).enumerated() {
                try subject.delete([record.recordID])
                #expect(try subject.status().records == 23 - count)
                #expect(try subject.delete([record.recordID]).isRepeated)
            }
            let truth = try Snapshot(world.workspace("truth", Array(records.dropFirst(6))))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }
}
