internal import Engine

@testable package import Unlearning

/// What tests of every task ask a workspace, whatever it answers.
extension Workspace {
    /// Every bit of the answers to texts: of each label and shard, or of what each shard expects after a prompt.
    package func answers(to texts: [String] = ToyRecord.questions, threads: Int = 1) throws -> [[UInt8]] {
        guard recipe.task == .generation else { return try predict(texts, threads: threads).map(Snapshot.bytes) }
        let model = try model(training: false)
        return try scores(texts, members(model), model, threads)
    }

    /// The same of the toy's questions and by these members.
    package func answers(of members: [Member], _ model: Model) throws -> [[UInt8]] {
        guard recipe.task == .classification else { return try scores(ToyRecord.questions, members, model, 1) }
        return try Ensemble(model, members, recipe.aggregation, threads: 1)
            .predictions(ToyRecord.questions, votes: true).map(Snapshot.bytes)
    }

    /// The shards that answer.
    package func voters() throws -> [Int] { try members(model(training: false)).map(\.shard) }

    /// The shards that answer, and how many records each was trained on.
    package func voterRecords(progress: TrainingProgress = { _ in }) throws -> [Int: Int] {
        let members = try members(model(training: false), progress: progress)
        return Dictionary(uniqueKeysWithValues: members.map { ($0.shard, $0.records) })
    }

    /// The members that answer.
    package func members(_ model: Model, progress: TrainingProgress = { _ in }) throws -> [Member] {
        let plan = CheckpointPlan(try ledger.slices(), chain: chain(try backboneDigest()))
        return try Member.all(
            of: plan, model.layout, ledger: ledger, store: store, threads: 1, progress: progress)
    }

    private func scores(_ texts: [String], _ members: [Member], _ model: Model, _ threads: Int) throws -> [[UInt8]] {
        try NextTokens.scores(after: texts, model, members, limit: recipe.maxTokens, threads: threads).map { scores in
            scores.values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        }
    }
}
