internal import Engine

/// The answer to one question.
package struct Answer: Sendable {
    /// What was asked.
    package let question: Question
    /// What the shards wrote together.
    package let written: WrittenText
    /// What each shard would have written alone, by shard; empty where nobody asked for it.
    package let shards: [ShardAnswer]
}

/// What one shard writes alone.
package struct ShardAnswer: Sendable {
    /// The shard, counted from 0.
    package let shard: Int
    /// Live records that the answering checkpoint was trained on.
    package let records: Int
    /// What it writes.
    package let written: WrittenText
}

/// What is asked of an ensemble, beside the question.
package struct AnswerRequest: Sendable {
    /// How the shards' answers become one; nil: as the recipe says.
    package var rule: AnswerRule?
    /// How answers are written.
    package var options = WritingOptions()
    /// Whether each shard's own answer is wanted too.
    package var explains = false
    /// How many threads may be used; the result does not depend on it.
    package var threads = 1

    /// An answer as the recipe says, by one thread.
    package init() {}
}

extension Workspace {
    /// Answers questions by the newest clean checkpoints. Changes nothing, waits for nobody, and keeps nothing of what
    /// is asked and answered.
    ///
    /// `told` hears every piece of an answer as soon as it is certain; `progress`, of checkpoints that could not be
    /// read.
    package func generate(
        _ questions: [Question], _ request: AnswerRequest, progress: TrainingProgress = { _ in },
        told: (_ question: Int, _ piece: String) -> Void = { _, _ in }
    ) throws -> [Answer] {
        let rule = try request.rule ?? usualRule()
        let desk = try AnswerDesk(self, [rule], threads: request.threads, progress: progress)
        let asked = try questions.map { try desk.asked($0, [rule]) }
        let members = request.explains ? desk.ensemble.members : []
        let written = desk.ensemble.answers(
            asked, [rule] + members.map { .shard($0.shard) }, request.options
        ) { question, number, piece in if number == 0 { told(question, piece) } }
        let own = questions.indices.map { question in
            zip(members, written.dropFirst()).map { member, written in
                ShardAnswer(shard: member.shard, records: member.records, written: written[question])
            }
        }
        return questions.indices.map { Answer(question: questions[$0], written: written[0][$0], shards: own[$0]) }
    }

    /// What the ensemble makes of the completions of questions, token by token.
    package func score(
        _ questions: [Question], _ request: AnswerRequest, progress: TrainingProgress = { _ in }
    ) throws -> [ScoredAnswer] {
        let rule = try request.rule ?? usualRule()
        let desk = try AnswerDesk(self, [rule], threads: request.threads, progress: progress)
        let pairs = try questions.map { ($0, try desk.pair($0), try desk.owner($0, [rule])) }
        return pairs.map { question, pair, owner in
            ScoredAnswer(
                question: question, score: desk.ensemble.scores(pair, [rule], owner: owner)[0],
                tokens: pair.tokens.dropFirst(pair.prompt).map { ScoredAnswer.Token(id: $0, text: desk.text(of: $0)) })
        }
    }
}

/// A completion with its score.
package struct ScoredAnswer: Sendable {
    /// A token of the completion.
    package struct Token: Sendable {
        /// Its number.
        package let id: Int32
        /// What it stands for; a part of a character, and a control token, have none.
        package let text: String
    }

    /// What was asked, and the completion.
    package let question: Question
    /// log p of each of its tokens.
    package let score: TextScore
    /// The tokens, the one that ends the answer included.
    package let tokens: [Token]
}
