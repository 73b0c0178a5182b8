internal import Engine

/// The answer to one text.
package struct Answer: Sendable, Equatable {
    package let label: Int
    /// Combined over the shards, one a label.
    package let probabilities: [Float]
    package let votes: [ShardVote]
}

/// Answers from the newest clean checkpoint of every shard that has records.
///
/// A checkpoint is read only if the plan asks for its key, so nothing that a deleted record touched can answer; a shard that waits
/// for its repair answers from the stages before the deletion, or abstains.
struct Predictor {
    private struct Voter {
        let shard: Int
        let records: Int
        let classifier: Classifier
    }

    private let model: Model
    private let recipe: Recipe
    private let voters: [Voter]

    init(
        _ recipe: Recipe, _ model: Model, _ plan: CheckpointPlan, ledger: Ledger, store: CheckpointStore,
        only shard: Int? = nil, progress: TrainingProgress = { _ in }
    ) throws {
        self.model = model
        self.recipe = recipe
        var voters: [Voter] = []
        for (index, items) in plan.shards.enumerated() where shard == nil || shard == index {
            let rows = try ledger.stages(shard: index)
            for item in items.reversed() {
                guard let row = rows.first(where: { $0.key == item.key }) else { continue }
                guard let checkpoint = store.read(item.key, shard: index, size: row.size, digest: row.digest),
                    let state = checkpoint.state(layout: model.layout)
                else {
                    progress(.skipping(shard: index, stage: item.stage))
                    continue
                }
                voters.append(
                    Voter(
                        shard: index, records: item.records, classifier: Classifier(model.network, state)))
                break
            }
        }
        if voters.isEmpty {
            throw plan.shards.allSatisfy(\.isEmpty) ? WorkspaceError.noSurvivors : WorkspaceError.untrained
        }
        self.voters = voters
    }

    /// One answer a text, in order. The frozen part below the adapters runs once a text, for all shards.
    func answers(_ texts: [String], threads: Int) throws -> [Answer] {
        var answers: [Answer] = []
        for start in stride(from: 0, to: texts.count, by: 256) {
            let part = Array(texts[start..<min(start + 256, texts.count)])
            let features = try model.features(part, threads: threads)
            let probabilities = voters.map { $0.classifier.probabilities(features, threads: threads) }
            for text in part.indices {
                let votes = voters.indices.map {
                    ShardVote(
                        shard: voters[$0].shard, probabilities: probabilities[$0][text],
                        records: voters[$0].records)
                }
                let combined = Ensemble.combine(votes, recipe.aggregation)
                answers.append(
                    Answer(
                        label: Ensemble.winner(combined, votes, recipe.aggregation), probabilities: combined,
                        votes: votes))
            }
        }
        return answers
    }
}
