/// What `predict` answers to one text.
package struct PredictionAnswer: Encodable, Sendable {
    /// One shard's vote.
    package struct Vote: Encodable, Sendable {
        /// Whose vote it is.
        package let shard: Ordinal
        /// The shard's label, and the probability that it gives it.
        package let label: String, probability: Double
        /// Live records that the answering checkpoint was trained on.
        package let records: Int
    }

    /// The place of the text among those asked, counted from 0.
    package let index: Int
    /// The record's id; left out where the texts have none.
    package let id: String?
    /// The ensemble's label, and its combined probability.
    package let label: String, probability: Double
    /// Combined over the shards, by label.
    package let probabilities: [String: Double]
    /// Each shard's own vote; left out where nobody asked for them.
    package let votes: [Vote]?

    /// The answer to the text at `index`.
    ///
    /// - Parameters:
    ///   - prediction: What the ensemble says of the text.
    ///   - index: The place of the text among those asked, counted from 0.
    ///   - id: The record's id, if it has one.
    ///   - labels: The recipe's labels.
    ///   - votes: Whether the shards' votes belong into the answer.
    package init(_ prediction: Prediction, index: Int, id: String?, labels: [String], votes: Bool) {
        self.index = index
        self.id = id
        label = labels[prediction.label]
        probability = Double(prediction.probabilities[prediction.label])
        probabilities = Dictionary(
            zip(labels, prediction.probabilities.map(Double.init)), uniquingKeysWith: { first, _ in first })
        self.votes =
            !votes
            ? nil
            : prediction.votes.map {
                Vote(
                    shard: Ordinal($0.shard), label: labels[$0.label],
                    probability: Double($0.probabilities[$0.label]), records: $0.records)
            }
    }
}

/// What `evaluate` answers.
package struct EvaluationAnswer: Encodable, Sendable {
    /// How well the records of one label were answered.
    package struct Label: Encodable, Sendable {
        /// The label's name.
        package let label: String
        /// Records that bear it, and how many of them were given it.
        package let records, correct: Int
    }

    /// The share of records that were given their label.
    package let accuracy: Double
    /// All records, and how many were given their label.
    package let records, correct: Int
    /// The time that it took.
    package let seconds: Double
    /// One entry a label, in the recipe's order.
    package let labels: [Label]

    /// The answer from an evaluation and the recipe's labels.
    package init(_ evaluation: Evaluation, labels: [String]) {
        accuracy = evaluation.accuracy
        records = evaluation.records
        correct = evaluation.correct
        seconds = evaluation.seconds
        self.labels = zip(labels, evaluation.byLabel).map {
            Label(label: $0, records: $1.records, correct: $1.correct)
        }
    }
}
