internal import Engine

/// Everything that a workspace needs to answer questions, read once: model, shards, and the way to an owner's shard.
struct AnswerDesk {
    let ensemble: TextEnsemble
    private let encoder: PromptEncoder
    private let tokenizer: Tokenizer
    private let workspace: Workspace

    /// `rules`: How answers will be made; the backbone alone is asked only where one needs it.
    init(_ workspace: Workspace, _ rules: [AnswerRule], threads: Int, progress: TrainingProgress) throws {
        guard workspace.recipe.task == .generation else { throw PredictionError.noTexts }
        let model = try workspace.model(training: false)
        let records = try model.records
        guard let encoder = records.prompts else { throw PredictionError.noTexts }
        let members = try Member.all(
            of: try workspace.plan(), model.layout, ledger: workspace.ledger, store: workspace.store, threads: threads,
            progress: progress)
        self.workspace = workspace
        self.encoder = encoder
        tokenizer = records.tokenizer
        ensemble = TextEnsemble(
            LanguageEnsemble(
                try model.whole, members.map(\.state), base: rules.contains(where: \.needsBase), threads: threads),
            members, tokenizer, ends: encoder.ends)
    }

    /// A question in tokens, which leaves room for an answer.
    func asked(_ question: Question, _ rules: [AnswerRule]) throws -> TextQuestion {
        let prompt = encoder.prompt(question.prompt)
        guard !prompt.isEmpty else { throw QuestionError.noTokens(name: question.name) }
        guard prompt.count < ensemble.positions else {
            throw QuestionError.tooLong(
                name: question.name, found: prompt.count, positions: ensemble.positions, isPrompt: true)
        }
        return TextQuestion(prompt: prompt, owner: try owner(question, rules))
    }

    /// A question and its completion in tokens, as training joins them.
    func pair(_ question: Question) throws -> Continuation {
        let prompt = encoder.prompt(question.prompt)
        let completion = encoder.completion(question.completion ?? "")
        guard !prompt.isEmpty, completion.count > 1 else { throw QuestionError.noTokens(name: question.name) }
        let found = prompt.count + completion.count
        guard found <= ensemble.positions else {
            throw QuestionError.tooLong(
                name: question.name, found: found, positions: ensemble.positions, isPrompt: false)
        }
        return Continuation(prompt: prompt, completion: completion)
    }

    /// The shard of the owner who is asked about; nil where no rule asks for it.
    func owner(_ question: Question, _ rules: [AnswerRule]) throws -> Int? {
        guard rules.contains(.aggregation(.owner)) else { return nil }
        let route = try OwnerRoute(workspace.recipe, key: workspace.key)
        guard let owner = question.owner else { throw QuestionError.ownerMissing(name: question.name) }
        return route.shard(of: owner)
    }

    /// What a token stands for.
    func text(of token: Int32) -> String {
        Int(token) < tokenizer.vocabularySize ? tokenizer.decode([token]) : ""
    }
}
