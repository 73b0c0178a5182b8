/// Turns conversations into tokens, by a template and a model's tokenizer, and tokens into answers.
package struct PromptEncoder: Sendable {
    /// The tokens that end an answer; the first is the one that training appends and scores.
    package let ends: [Int32]
    private let tokenizer: Tokenizer

    /// Throws where the tokenizer has not the tokens that the template needs.
    package init(_ template: PromptTemplate, _ tokenizer: Tokenizer) throws {
        ends = []
        self.tokenizer = tokenizer
    }

    /// The tokens of a prompt: what comes before the answer.
    ///
    /// What looks like a control token in the content of a turn stays text.
    package func prompt(_ turns: [Turn]) -> [Int32] { [] }

    /// The tokens of an answer, the one that ends it included. Only that one: the answer has no token.
    package func completion(_ text: String) -> [Int32] { [] }
}

/// Makes text of tokens that come one by one; never half a character.
package struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer

    /// A decoder that has seen nothing.
    package init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    /// The text that became certain with one more token; empty while a character is not whole. Control tokens leave no
    /// trace.
    package mutating func next(_ token: Int32) -> String { "" }

    /// What is left at the end: bytes that never became a character, as U+FFFD.
    package mutating func finish() -> String { "" }
}
