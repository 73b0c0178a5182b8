internal import Engine

/// Turns records into the tokens that a network reads, and into what it should answer.
///
/// Tokens are made anew whenever they are asked for: none is kept on disk, so none can be of another text, template or
/// tokenizer.
struct RecordEncoder: Sendable {
    private enum Kind: Sendable {
        case texts(Tokenizer)
        case dialogues(PromptEncoder, Recipe.Overlong)
    }
    /// What makes tokens of texts, and texts of tokens.
    let tokenizer: Tokenizer
    private let kind: Kind
    private let maxTokens: Int

    /// Throws where the tokenizer lacks a token that the template needs.
    init(_ recipe: Recipe, _ tokenizer: Tokenizer) throws {
        maxTokens = recipe.maxTokens
        self.tokenizer = tokenizer
        kind =
            if let generation = recipe.generation {
                .dialogues(try PromptEncoder(generation.template, tokenizer), generation.overlong)
            } else {
                .texts(tokenizer)
            }
    }

    /// What writes conversations for the model; nil where records have none.
    var prompts: PromptEncoder? {
        if case .dialogues(let encoder, _) = kind { encoder } else { nil }
    }

    /// What the network reads: the tokens of a text, or all of a prompt and its completion but the last.
    func inputs(_ content: RecordContent) throws(Misfit) -> [Int32] {
        switch (content, kind) {
        case (.labelled(let text, _), .texts(let tokenizer)): tokenizer.encode(text, maximumTokens: maxTokens)
        case (.dialogue(let dialogue), .dialogues(let encoder, let overlong)):
            try continuation(dialogue, encoder, overlong).tokens.inputs
        default: preconditionFailure("a record is of another task than its recipe")
        }
    }

    /// What the network should answer.
    func target(_ content: RecordContent) throws(Misfit) -> Target {
        switch (content, kind) {
        case (.labelled(_, let label), _): .label(label)
        case (.dialogue(let dialogue), .dialogues(let encoder, let overlong)):
            .completion(try continuation(dialogue, encoder, overlong).tokens)
        default: preconditionFailure("a record is of another task than its recipe")
        }
    }

    /// Whether a record's end is left out because it is too long; throws where it cannot be learned from at all.
    func cuts(_ content: RecordContent) throws(Misfit) -> Bool {
        guard case (.dialogue(let dialogue), .dialogues(let encoder, let overlong)) = (content, kind) else {
            return false
        }
        return try continuation(dialogue, encoder, overlong).isCut
    }

    /// Why a record cannot be learned from.
    struct Misfit: Error {
        let problem: RecordsError.Problem
        /// Whether the prompt is at fault, and not the completion.
        let isPrompt: Bool

        /// The same without its name.
        var words: (problem: RecordsError.Problem, isPrompt: Bool) { (problem, isPrompt) }
    }

    /// Prompt and completion are made tokens apart and joined, so that no token crosses from one to the other. The
    /// token that ends the answer is the first that goes where there is no room.
    private func continuation(
        _ dialogue: Dialogue, _ encoder: PromptEncoder, _ overlong: Recipe.Overlong
    ) throws(Misfit) -> (tokens: Continuation, isCut: Bool) {
        let prompt = encoder.prompt(dialogue.prompt)
        let completion = encoder.completion(dialogue.completion)
        guard !prompt.isEmpty else { throw Misfit(problem: .noTokens, isPrompt: true) }
        // The last one ends the answer.
        guard completion.count > 1 else { throw Misfit(problem: .noTokens, isPrompt: false) }
        guard prompt.count < maxTokens else {
            throw Misfit(problem: .noRoomForAnswer(found: prompt.count, limit: maxTokens), isPrompt: true)
        }
        let found = prompt.count + completion.count
        let isCut = found > maxTokens
        guard !isCut || overlong == .truncate else {
            throw Misfit(problem: .tooManyTokens(found: found, limit: maxTokens), isPrompt: false)
        }
        return (Continuation(prompt: prompt, completion: Array(completion.prefix(maxTokens - prompt.count))), isCut)
    }
}
