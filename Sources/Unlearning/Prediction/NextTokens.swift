package import Engine

/// What every shard expects after some questions: all of its answer that is not yet a choice of tokens.
///
/// Two workspaces that give the same scores, bit for bit, complete a prompt in the same way under every aggregation.
package enum NextTokens {
    /// Log-probabilities after each question, put as one turn of a user: (members, 1, vocabulary) each. A question of
    /// more tokens than the recipe allows is cut.
    package static func scores(
        after questions: [String], _ model: Model, _ members: [Member], limit: Int, threads: Int
    ) throws -> [TokenScores] {
        guard let prompts = try model.prompts else { return [] }
        let ensemble = LanguageEnsemble(try model.whole, members.map(\.state), base: false, threads: threads)
        return questions.map { question in
            let tokens = Array(prompts.prompt([Turn(.user, question)]).prefix(limit))
            // A question without a token asks for nothing.
            guard let last = tokens.indices.last else { return TokenScores(members: 0, places: 0, vocabulary: 0) }
            return ensemble.feed([tokens], to: [ensemble.stream()], wanted: [last..<last + 1])[0]
        }
    }
}
