import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// A workspace's answers, from checkpoints on disk to the combined label.
@Suite struct PredictorTests {
    static let variants = ToyVariant.all.filter {
        [
            "head only", "LoRA on all six matrices, pooler", "more shards than records",
            "placed by owner, majority vote", "placed by owner, bf16, linear, fractional, weighted"
        ].contains($0.description)
    }

    /// Answers in bytes: each shard's newest checkpoint by `Classifier`, one shard after another, one text at a time.
    private func reference(_ workspace: Workspace, _ texts: [String]) throws -> [[UInt8]] {
        let recipe = workspace.recipe
        let plan = CheckpointPlan(try workspace.ledger.slices(), chain: workspace.chain(try workspace.backboneDigest()))
        let model = try Model(recipe, backbone: try workspace.backboneFolder(), training: false)
        var members: [(shard: Int, records: Int, Classifier)] = []
        for (shard, items) in plan.shards.enumerated() {
            guard let item = items.last else { continue }
            let row = try #require(try workspace.ledger.stages(shard: shard).first { $0.key == item.key })
            let checkpoint = try #require(
                try workspace.store.read(item.key, shard: shard, size: row.size, digest: row.digest))
            let state = try #require(checkpoint.state(layout: model.layout))
            members.append((shard, item.records, Classifier(try model.network, state)))
        }
        let aggregator = Aggregator(
            aggregation: recipe.aggregation, labels: recipe.labels.count, records: members.map(\.records))
        return try texts.map { text in
            let features = try model.features([text], threads: 1)
            let votes = members.map {
                ShardVote(shard: $0, probabilities: $2.probabilities(features, threads: 1)[0], records: $1)
            }
            let (label, probabilities) = aggregator.answer(votes.flatMap(\.probabilities))
            return Snapshot.bytes(Prediction(label: label, probabilities: probabilities, votes: votes))
        }
    }

    @Test(arguments: variants)
    func answersAreThoseOfOneShardAfterAnother(variant: ToyVariant) throws {
        try ToyWorld.with(variant) { world in
            let workspace = try world.workspace("a", try ToyRecord.all())
            let texts = (0..<60).flatMap { _ in ToyRecord.questions }
            let once = try reference(workspace, ToyRecord.questions)
            let expected = (0..<60).flatMap { _ in once }
            for threads in [1, 2, 3, 4, 7] {
                let found = try workspace.predict(texts, threads: threads)
                #expect(found.map(Snapshot.bytes) == expected, "\(threads) threads")
                let alone = try workspace.predict([texts[0]], threads: threads)
                #expect(alone.map(Snapshot.bytes) == [expected[0]])
            }
        }
    }

    @Test func aShardWithoutRecordsDoesNotVote() throws {
        try ToyWorld.with(changing: { $0.shards = 40 }) { world in
            let workspace = try world.workspace("a", try ToyRecord.all())
            let shards = Set(try ToyRecord.all().map { world.cell($0).shard })
            #expect(shards.count < 40)
            let answers = try workspace.predict(ToyRecord.questions, threads: 3)
            #expect(answers.allSatisfy { $0.votes.map(\.shard) == shards.sorted() })
        }
    }

    @Test func answersWithoutVotesAreOtherwiseTheSame() throws {
        try ToyWorld.with { world in
            let workspace = try world.workspace("a", try ToyRecord.all())
            let short = try workspace.predict(ToyRecord.questions, votes: false, threads: 2)
            let long = try workspace.predict(ToyRecord.questions, threads: 2)
            #expect(short.allSatisfy(\.votes.isEmpty) && long.allSatisfy { !$0.votes.isEmpty })
            #expect(short.map(\.label) == long.map(\.label))
            #expect(short.map(\.probabilities) == long.map(\.probabilities))
        }
    }

    @Test func theLedgerGivesTheSameStagesForAllShardsAsForEach() throws {
        try ToyWorld.with(changing: { $0.shards = 40 }) { world in
            let ledger = try world.workspace("a", try ToyRecord.all()).ledger
            let all = try ledger.stages()
            #expect(!all.isEmpty)
            for shard in 0..<40 { #expect(try ledger.stages(shard: shard) == all[shard] ?? []) }
        }
    }
}

/// A predictor that is kept while others train and delete.
@Suite struct KeptPredictorTests {
    private static func bytes(_ predictions: [Prediction]) -> [UInt8] { predictions.flatMap(Snapshot.bytes) }

    /// What a predictor says that is made now.
    private static func fresh(_ workspace: Workspace) throws -> [UInt8] {
        try bytes(workspace.predict(ToyRecord.questions))
    }

    @Test(arguments: PredictorTests.variants)
    func aKeptPredictorAnswersAsAFreshOneDoes(variant: ToyVariant) throws {
        try ToyWorld.with(variant) { world in
            let records = try ToyRecord.all()
            let workspace = try world.workspace("a", records)
            let kept = Predictor(try Workspace(at: workspace.root, .read), threads: 2)
            func answers() throws -> [UInt8] { try Self.bytes(kept.predictions(ToyRecord.questions, votes: true)) }
            let before = try answers()
            #expect(try before == Self.fresh(workspace) && before == answers())
            // Accepted, not repaired: shards answer from stages that never saw the record.
            try workspace.delete(DeletionRequest(ids: [records[3].recordID], defersRepair: true))
            let between = try answers()
            #expect(try between == Self.fresh(workspace) && between != before)
            try workspace.repair()
            let after = try answers()
            #expect(try after == Self.fresh(workspace) && after != before)
            // And all that was asked before is forgotten: a run that never saw the record answers the same.
            let truth = try world.workspace("truth", records.without([records[3]]))
            #expect(try after == Self.fresh(truth))
        }
    }

    @Test func aKeptPredictorReadsOnlyCheckpointsThatTookTheirPlace() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let workspace = try world.workspace("a", records)
            let kept = Predictor(workspace)
            _ = try kept.predictions(ToyRecord.questions, votes: true)
            try workspace.delete(DeletionRequest(ids: [records[3].recordID]))
            let truth = try Self.fresh(workspace)
            let (touched, checkpoints) = (world.cell(records[3]).shard, workspace.root.appending(path: "checkpoints"))
            for shard in 0..<workspace.recipe.shards where shard != touched {
                try FileManager.default.removeItem(at: checkpoints.appending(path: "shard-\(shard + 1)"))
            }
            #expect(try Self.bytes(kept.predictions(ToyRecord.questions, votes: true)) == truth)
            // Now the touched shard's checkpoint is held as well.
            try FileManager.default.removeItem(at: checkpoints)
            #expect(try Self.bytes(kept.predictions(ToyRecord.questions, votes: true)) == truth)
            #expect(throws: PredictionError.self) { try workspace.predict(["rain"]) }
        }
    }

    @Test func aKeptPredictorNoticesAnotherRecipe() throws {
        try ToyWorld.with { world in
            let workspace = try world.workspace("a", try ToyRecord.all())
            let kept = Predictor(workspace)
            let before = try Self.bytes(kept.predictions(ToyRecord.questions, votes: true))
            var changed = world
            changed.recipe.seed += 1
            let retrained = try changed.retrain(workspace).workspace
            let after = try Self.bytes(kept.predictions(ToyRecord.questions, votes: true))
            #expect(try after == Self.fresh(retrained) && after != before)
        }
    }
}
