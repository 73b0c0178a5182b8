internal import Foundation

/// What a rule makes of an answer that was given, token by token: nothing is generated.
package struct TextScore: Sendable, Equatable {
    /// log p of each token of the answer, the one that ends it included.
    package private(set) var logProbabilities: [Float] = []
    /// Tokens that were the likeliest at their place; of equals the lowest id is.
    package private(set) var correct = 0

    /// Counts one more token. `logarithms`: log p of all tokens at its place.
    mutating func add(_ token: Int32, _ logarithms: [Float], likeliest: Int) {
        logProbabilities.append(logarithms[Int(token)])
        if likeliest == Int(token) { correct += 1 }
    }

    /// How many tokens the answer has.
    package var tokens: Int { logProbabilities.count }
    /// log p of the whole answer: the sum over its tokens, in binary64.
    package var logProbability: Double { logProbabilities.reduce(0) { $0 + Double($1) } }
    /// -log p for each token, on average.
    package var negativeLogLikelihood: Double { tokens == 0 ? 0 : -logProbability / Double(tokens) }
    /// The answer's probability for each token: the geometric mean, as TOFU has it.
    package var probability: Double { exp(-negativeLogLikelihood) }
    /// Whether greedy generation would give this very answer.
    package var isExact: Bool { correct == tokens }
}

/// How well held-out questions are answered under one rule.
package struct AnswerFigures: Sendable {
    /// One held-out record.
    package struct Record: Sendable {
        /// Its id, or the number of its row.
        package let id: String
        /// What the rule makes of its answer.
        package let score: TextScore
        /// ROUGE-L recall of the answer that was generated; nil: none was.
        package let rougeL: Double?
    }

    /// Who answered.
    package let rule: AnswerRule
    /// All records, in the order of the files.
    package let records: [Record]

    private var tokens: Int { records.reduce(0) { $0 + $1.score.tokens } }

    /// -log p for each token, over all tokens of all answers.
    package var negativeLogLikelihood: Double {
        tokens == 0 ? 0 : -records.reduce(0) { $0 + $1.score.logProbability } / Double(tokens)
    }
    /// Its exponential.
    package var perplexity: Double { exp(negativeLogLikelihood) }
    /// The mean over records of the probability for each token.
    package var probability: Double { mean(\.score.probability) }
    /// The share of all tokens that were the likeliest at their place, all before them being given.
    package var tokenAccuracy: Double {
        tokens == 0 ? 0 : Double(records.reduce(0) { $0 + $1.score.correct }) / Double(tokens)
    }
    /// The share of records whose answer greedy generation gives, token for token.
    package var exactMatch: Double { mean { $0.score.isExact ? 1 : 0 } }
    /// The mean over records of ROUGE-L recall; nil where nothing was generated.
    package var rougeL: Double? { records.contains { $0.rougeL == nil } ? nil : mean { $0.rougeL ?? 0 } }

    private func mean(_ figure: (Record) -> Double) -> Double {
        records.isEmpty ? 0 : records.reduce(0) { $0 + figure($1) } / Double(records.count)
    }
}
