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

    /// What stands for the prompt in a template of one's own, and what for the completion; each exactly once.
    package static let promptPlace = "{prompt}", completionPlace = "{completion}"

    /// The word by which recipes and messages name it.
    package var word: String {
        switch self {
        case .plain: "plain"
        case .chatml: "chatml"
        case .llama3: "llama-3"
        case .zephyr: "zephyr"
        case .custom: "custom"
        }
    }
}

/// Why a template cannot be used.
package enum PromptTemplateError: Error, Equatable, Sendable {
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
        case .missingToken(let template, let token):
            "the template \(template) needs the token \(token), which the model's tokenizer does not have; choose the "
                + "template that the model was trained with, or write one of your own"
        case .noEnd(let template):
            "an answer of the template \(template) ends with the model's end of text, and the model's files name none; "
                + "add eos_token_id to its config.json"
        case .noLanguageModel:
            "the model's tokenizer is of the BERT kind and writes no texts; choose the folder of a language model"
        }
    }
}
