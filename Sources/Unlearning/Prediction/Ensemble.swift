internal import Engine

/// The shards that answer together, each by the newest clean checkpoint that it has.
///
/// A checkpoint is read only if the plan asks for its key, so nothing that a deleted record touched can answer; a shard
/// that waits for its repair answers from the stages before the deletion, or abstains. One call at a time: buffers are
/// kept from call to call.
package final class Ensemble {
    /// Texts whose features are held at a time.
    private static let batch = 256

    /// The shards that answer, ascending.
    let members: [Member]
    private let model: Model
    private let aggregator: Aggregator
    private let classifier: EnsembleClassifier
    private let threads: Int

    /// An ensemble of members.
    ///
    /// - Parameters:
    ///   - model: What turns texts into features, and features into answers.
    ///   - members: By ascending shard, at least one.
    ///   - aggregation: How their votes are combined.
    ///   - threads: How many threads it may use; the result does not depend on it.
    /// - Throws: What stops reading the backbone.
    package init(_ model: Model, _ members: [Member], _ aggregation: Recipe.Aggregation, threads: Int) throws {
        self.model = model
        self.members = members
        self.threads = threads
        aggregator = Aggregator(
            aggregation: aggregation, labels: model.layout.specification.labels, records: members.map(\.records))
        classifier = EnsembleClassifier(try model.network, members.map(\.state), threads: threads)
    }

    /// The ensemble of a plan's shards.
    ///
    /// - Parameters:
    ///   - recipe: How votes are combined.
    ///   - model: What turns texts into features, and features into answers.
    ///   - plan: Which checkpoints may answer.
    ///   - ledger: What it holds of them.
    ///   - store: Where they are read.
    ///   - shards: The ones that answer; nil: all.
    ///   - held: Members that were read before, whose checkpoints are not read again.
    ///   - threads: How many threads it may use.
    ///   - progress: Is told of checkpoints that could not be read.
    /// - Throws: `PredictionError` where no shard can answer, or one cannot that was trained.
    convenience init(
        _ recipe: Recipe, _ model: Model, _ plan: CheckpointPlan, ledger: Ledger, store: CheckpointStore,
        only shards: [Int]? = nil, held: [Member] = [], threads: Int, progress: TrainingProgress = { _ in }
    ) throws {
        guard recipe.task == .classification else { throw PredictionError.noLabels }
        let members = try Member.all(
            of: plan, model.layout, ledger: ledger, store: store, only: shards, held: held, threads: threads,
            progress: progress)
        try self.init(model, members, recipe.aggregation, threads: threads)
    }

    /// One prediction a text, in order. The frozen part below the adapters runs once a text, for all shards.
    ///
    /// `votes`: Whether predictions hold each shard's vote too, which takes shards times the memory.
    package func predictions(_ texts: [String], votes: Bool) throws -> [Prediction] {
        var predictions: [Prediction] = []
        predictions.reserveCapacity(texts.count)
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let part = Array(texts[start..<min(start + Self.batch, texts.count)])
            let probabilities = classifier.probabilities(try model.features(part, threads: threads))
            predictions += Parallel.map(part.count, threads: threads) {
                prediction(probabilities, text: $0, votes: votes)
            }
        }
        return predictions
    }

    private func prediction(_ all: ShardProbabilities, text: Int, votes: Bool) -> Prediction {
        let (label, combined) = aggregator.answer(all.values, from: all.range(record: text).lowerBound)
        let own = members.indices.prefix(votes ? members.count : 0).map {
            ShardVote(
                shard: members[$0].shard, probabilities: Array(all.values[all.range(record: text, shard: $0)]),
                records: aggregator.records[$0])
        }
        return Prediction(label: label, probabilities: combined, votes: own)
    }
}
