internal import Engine

/// How held-out questions are measured.
package struct AnswerEvaluation: Sendable {
    /// One entry a rule, in the order in which they were asked for.
    package let figures: [AnswerFigures]
    /// The time that it took.
    package let seconds: Double
}

extension Workspace {
    /// Measures how well questions with their answers are answered, under each rule. Changes nothing, and keeps nothing
    /// of what is generated.
    ///
    /// All rules are measured on the same passes of the model, and generate together for as long as their words agree.
    /// `shardsAlone`: Whether each shard that answers is measured alone too. `generates`: Whether answers are
    /// generated, for ROUGE-L: it takes most of the time.
    package func evaluate(
        _ questions: [Question], _ rules: [AnswerRule], shardsAlone: Bool = false, generates: Bool = true,
        _ request: AnswerRequest, progress: TrainingProgress = { _ in }
    ) throws -> AnswerEvaluation {
        let clock = ContinuousClock().now
        let desk = try AnswerDesk(self, rules, threads: request.threads, progress: progress)
        let rules = rules + (shardsAlone ? desk.ensemble.members.map { .shard($0.shard) } : [])
        // Whatever is wrong with a question is said before the work begins.
        let pairs = try questions.map { (try desk.pair($0), try desk.asked($0, rules)) }
        let scores = pairs.map { desk.ensemble.scores($0.0, rules, owner: $0.1.owner) }
        let written = generates ? desk.ensemble.answers(pairs.map(\.1), rules, request.options) : nil
        let figures = rules.enumerated().map { number, rule in
            AnswerFigures(
                rule: rule,
                records: questions.enumerated().map { index, question in
                    AnswerFigures.Record(
                        id: question.id ?? "\(index + 1)", score: scores[index][number],
                        rougeL: written.map { RougeL.recall(of: question.completion ?? "", in: $0[number][index].text) }
                    )
                })
        }
        return AnswerEvaluation(figures: figures, seconds: clock.duration(to: .now).seconds)
    }
}

extension Workspace {
    /// How the recipe makes one answer of many.
    package func usualRule() throws -> AnswerRule {
        guard let generation = recipe.generation else { throw PredictionError.noTexts }
        return .aggregation(generation.aggregation)
    }

    /// Every rule by which these questions can be answered here: the recipe's first, the backbone alone last.
    package func rules(for questions: [Question]) throws -> [AnswerRule] {
        let usual = try usualRule()
        let byOwner = (try? OwnerRoute(recipe, key: key)) != nil && questions.allSatisfy { $0.owner != nil }
        let others = TokenAggregation.all.filter { $0 != .owner || byOwner }.map { AnswerRule.aggregation($0) }
        return [usual] + others.filter { $0 != usual } + [.base]
    }
}
