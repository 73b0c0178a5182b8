/// One part of a conversation.
package struct Turn: Sendable, Equatable {
    /// Who speaks.
    package enum Role: String, Sendable, CaseIterable { case system, user, assistant }

    /// Who speaks.
    package let role: Role
    /// What is said.
    package let content: String

    /// Something that somebody says.
    package init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

/// How a conversation is written for a model: what stands around its turns.
package enum PromptTemplate: Sendable, Equatable {
    /// The turns as they are, one after another.
    case plain
    case chatml, llama3, zephyr
    /// A text of one's own, in which `{prompt}` and `{completion}` stand for them.
    case custom(prompt: String, completion: String)

    /// The templates that a recipe names by a word.
    package static let words: [(word: String, template: PromptTemplate)] = [
        ("plain", .plain), ("chatml", .chatml), ("llama-3", .llama3), ("zephyr", .zephyr)
    ]

    /// What stands for the prompt in a template of one's own, and what for the completion.
    package static let promptPlace = "{prompt}"
    /// See `promptPlace`.
    package static let completionPlace = "{completion}"

    /// The template of a word; one that is unknown is refused with the words that are known.
    package init(word: String) throws(PromptTemplateError) {
        guard let known = Self.words.first(where: { $0.word == word }) else { throw .unknownWord(word) }
        self = known.template
    }

    /// A template of one's own, in which each place stands exactly once.
    package init(prompt: String, completion: String) throws(PromptTemplateError) {
        for (field, text, place) in [
            ("prompt", prompt, Self.promptPlace), ("completion", completion, Self.completionPlace)
        ] {
            let count = text.ranges(of: place).count
            guard count == 1 else { throw .places(field: field, place: place, found: count) }
        }
        self = .custom(prompt: prompt, completion: completion)
    }

    /// What messages call it.
    package var word: String { Self.words.first { $0.template == self }?.word ?? "custom" }
}

/// Why a template cannot be used.
package enum PromptTemplateError: Error, Equatable, Sendable {
    case unknownWord(String)
    /// A part of a template of one's own has not exactly one place for what it is made for.
    case places(field: String, place: String, found: Int)
    /// The tokenizer has not a token that the template needs.
    case missingToken(template: String, token: String)
    /// The answers of the template end where the model's texts do, and its files do not say which token that is.
    case noEnd(template: String)
    /// The tokenizer is none of a language model.
    case noLanguageModel
}

extension PromptTemplateError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch self {
        case .unknownWord(let word):
            "there is no template \"\(word)\": choose \(Self.known), or write one as {prompt: \"Question: "
                + "{prompt}\\nAnswer:\", completion: \" {completion}\"}"
        case .places(let field, let place, let found):
            "template.\(field) has \(place) \(found == 0 ? "nowhere" : "\(found) times"); write it exactly once"
        case .missingToken(let template, let token):
            "the template \(template) needs the token \(token), which the model's tokenizer does not have; choose the "
                + "template that the model was trained with: \(Self.known), or one of your own"
        case .noEnd(let template):
            "an answer of the template \(template) ends with the model's end of text, and the model's files name none; "
                + "add eos_token_id to its config.json"
        case .noLanguageModel:
            "the model's tokenizer is of the BERT kind and writes no texts; choose the folder of a language model"
        }
    }

    private static var known: String { PromptTemplate.words.map(\.word).joined(separator: ", ") }
}
