internal import Engine

/// Answers from the newest clean checkpoint of every shard that has records.
///
/// A checkpoint is read only if the plan asks for its key, so nothing that a deleted record touched can answer; a shard that waits
/// for its repair answers from the stages before the deletion, or abstains. Checkpoints are read once, when it is made.
package final class Predictor {
    /// Texts whose features are held at a time.
    private static let batch = 256

    private let model: Model
    private let shards: [Int]
    private let ensemble: Ensemble
    private let classifier: EnsembleClassifier
    private let threads: Int

    /// `voters`: By ascending shard, at least one.
    package init(_ model: Model, _ voters: [Voter], _ aggregation: Recipe.Aggregation, threads: Int) throws {
        self.model = model
        self.threads = threads
        shards = voters.map(\.shard)
        ensemble = Ensemble(
            aggregation: aggregation, labels: model.layout.specification.labels, records: voters.map(\.records))
        classifier = EnsembleClassifier(try model.network, voters.map(\.state), threads: threads)
    }

    convenience init(
        _ recipe: Recipe, _ model: Model, _ plan: CheckpointPlan, ledger: Ledger, store: CheckpointStore,
        only shards: [Int]? = nil, threads: Int, progress: TrainingProgress = { _ in }
    ) throws {
        let rows = try ledger.stages()
        let asked = plan.shards.indices.filter { shards?.contains($0) ?? true }
        let found = try Parallel.map(asked.count, threads: threads) { index in
            let shard = asked[index]
            return Result {
                try Voter.newest(shard: shard, plan.shards[shard], rows: rows[shard] ?? [], store, model.layout)
            }
        }.map { try $0.get() }
        for (shard, search) in zip(asked, found) {
            for stage in search.skipped { progress(.skipping(shard: shard, stage: stage)) }
        }
        // A shard that was trained and cannot be read is no vote less: who asks would not know.
        for (shard, search) in zip(asked, found) where search.voter == nil {
            guard search.skipped.isEmpty else { throw WorkspaceError.voteLost(shard: shard + 1) }
        }
        let voters = found.compactMap(\.voter)
        if voters.isEmpty {
            throw plan.shards.allSatisfy(\.isEmpty) ? WorkspaceError.noSurvivors : WorkspaceError.untrained
        }
        try self.init(model, voters, recipe.aggregation, threads: threads)
    }

    /// One answer a text, in order. The frozen part below the adapters runs once a text, for all shards.
    ///
    /// `votes`: Whether answers hold each shard's vote too, which takes shards times the memory.
    package func answers(_ texts: [String], votes: Bool) throws -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(texts.count)
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let part = Array(texts[start..<min(start + Self.batch, texts.count)])
            let probabilities = classifier.probabilities(try model.features(part, threads: threads))
            answers += Parallel.map(part.count, threads: threads) { answer(probabilities, text: $0, votes: votes) }
        }
        return answers
    }

    private func answer(_ all: ShardProbabilities, text: Int, votes: Bool) -> Answer {
        let (label, combined) = ensemble.answer(all.values, from: all.range(record: text).lowerBound)
        let own = shards.indices.prefix(votes ? shards.count : 0).map {
            ShardVote(
                shard: shards[$0], probabilities: Array(all.values[all.range(record: text, shard: $0)]),
                records: ensemble.records[$0])
        }
        return Answer(label: label, probabilities: combined, votes: own)
    }
}
