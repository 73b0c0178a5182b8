/// What `generate` answers to one prompt.
package struct GenerationAnswer: Encodable, Sendable {
    /// What one shard writes alone.
    package struct Shard: Encodable, Sendable {
        /// Whose it is.
        package let shard: Ordinal
        /// What it writes.
        package let text: String
        /// Why that ends.
        package let finish: WrittenText.Finish
        /// How sure it is: the probability for each of its tokens, the geometric mean.
        package let probability: Double
        /// Live records that the answering checkpoint was trained on.
        package let records: Int
    }

    /// The record's id; left out where the prompts have none.
    package let id: String?
    /// What was asked, and the answer.
    package let prompt: String, text: String
    /// The answer's tokens, without the one that ended it.
    package let tokens: [Int32]
    /// Why the answer ends.
    package let finish: WrittenText.Finish
    /// How sure the shards are together.
    package let probability: Double
    /// Each shard's own answer; left out where nobody asked for it.
    package let shards: [Shard]?

    /// The answer to one prompt. `explains`: Whether the shards' own belong into it.
    package init(_ answer: Answer, explains: Bool) {
        id = answer.question.id
        prompt = answer.question.text
        text = answer.written.text
        tokens = answer.written.tokens
        finish = answer.written.finish
        probability = answer.written.probability
        shards =
            !explains
            ? nil
            : answer.shards.map {
                Shard(
                    shard: Ordinal($0.shard), text: $0.written.text, finish: $0.written.finish,
                    probability: $0.written.probability, records: $0.records)
            }
    }
}

/// What `score` answers to one prompt and its completion.
package struct ScoreAnswer: Encodable, Sendable {
    /// A token of the completion.
    package struct Token: Encodable, Sendable {
        /// Its number, and what it stands for.
        package let id: Int32, text: String
        /// log p of it, all before it being given.
        package let logProbability: Double
    }

    /// The record's id; left out where it has none.
    package let id: String?
    /// What was asked, and the completion.
    package let prompt: String, completion: String
    /// log p of the completion, and its probability for each token, the geometric mean.
    package let logProbability: Double, probability: Double
    /// All tokens, the one that ends the answer included.
    package let tokens: [Token]

    /// The answer to one completion.
    package init(_ answer: ScoredAnswer) {
        id = answer.question.id
        prompt = answer.question.text
        completion = answer.question.completion ?? ""
        logProbability = answer.score.logProbability
        probability = answer.score.probability
        tokens = zip(answer.tokens, answer.score.logProbabilities).map {
            Token(id: $0.id, text: $0.text, logProbability: Double($1))
        }
    }
}

/// What `evaluate` answers of a generation: the figures of the first rule, and of all rules where there are several.
package struct AnswerEvaluationAnswer: Encodable, Sendable {
    /// How well one record was answered.
    package struct Record: Encodable, Sendable {
        /// The record's id, or the number of its row.
        package let id: String
        /// The answer's tokens, and how many were the likeliest at their place.
        package let tokens: Int, correct: Int
        /// -log p and p for each token.
        package let negativeLogLikelihood: Double, probability: Double
        /// Whether every token was the likeliest.
        package let exactMatch: Bool
        /// ROUGE-L recall; left out where nothing was generated.
        package let rougeL: Double?
    }

    /// How well all records were answered under one rule.
    package struct Figures: Encodable, Sendable {
        /// The rule's word.
        package let aggregation: String
        /// -log p for each token, its exponential, and the mean over records of p for each token.
        package let negativeLogLikelihood: Double, perplexity: Double, probability: Double
        /// Shares of tokens and of records.
        package let tokenAccuracy: Double, exactMatch: Double
        /// The mean over records of ROUGE-L recall; left out where nothing was generated.
        package let rougeL: Double?

        init(_ figures: AnswerFigures) {
            aggregation = figures.rule.word
            negativeLogLikelihood = figures.negativeLogLikelihood
            perplexity = figures.perplexity
            probability = figures.probability
            tokenAccuracy = figures.tokenAccuracy
            exactMatch = figures.exactMatch
            rougeL = figures.rougeL
        }
    }

    /// The figures of the first rule.
    package let first: Figures
    /// How many records there are.
    package let records: Int
    /// The time that it took.
    package let seconds: Double
    /// One entry a record, of the first rule.
    package let byRecord: [Record]
    /// One entry a rule; empty where there is one only.
    package let aggregations: [Figures]

    /// The answer from an evaluation of one rule or more.
    package init?(_ evaluation: AnswerEvaluation) {
        guard let first = evaluation.figures.first else { return nil }
        self.first = Figures(first)
        records = first.records.count
        seconds = evaluation.seconds
        byRecord = first.records.map {
            Record(
                id: $0.id, tokens: $0.score.tokens, correct: $0.score.correct,
                negativeLogLikelihood: $0.score.negativeLogLikelihood, probability: $0.score.probability,
                exactMatch: $0.score.isExact, rougeL: $0.rougeL)
        }
        aggregations = evaluation.figures.count > 1 ? evaluation.figures.map(Figures.init) : []
    }

    private enum Keys: String, CodingKey { case records, seconds, byRecord, aggregations }

    /// Encodes the first rule's figures beside the rest.
    package func encode(to encoder: any Encoder) throws {
        try first.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(records, forKey: .records)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(byRecord, forKey: .byRecord)
        if !aggregations.isEmpty { try container.encode(aggregations, forKey: .aggregations) }
    }
}
