/// Why the tokenizer of a model folder was refused.
package struct TokenizerError: Error, Equatable, Sendable {
    /// What is wrong, with the field and what was found.
    package enum Problem: Equatable, Sendable {
        case file(FileFault)
        /// Of the file that has the tokenizer in it.
        case gguf(GGUFError.Problem)
        case noTokenizer
        case syntax(JSONFault)
        case notUTF8
        case missingField(String)
        case wrongType(field: String, found: String, expected: String)
        case unsupported(field: String, found: String, supported: String)
        case emptyVocabulary
        case vocabularyTooLarge(scalars: Int, limit: Int)
        case idOutOfRange(field: String, id: Int, allowed: Range<Int>)
        case duplicateID(id: Int)
        case idGap(id: Int)
        case duplicateToken(token: String, line: Int)
        case missingToken(role: String, token: String)
        case emptyAddedToken(id: Int)
        case duplicateAddedToken(String)
        case addedTokensTooLarge(limit: Int)
        case addedTokenCollision(token: String, found: Int, expected: Int)
        case specialTokenMismatch(token: String, found: Int, expected: Int?)
        case templateWithoutText
        /// Two files say different things of one fact.
        case disagreement(fact: String, found: String, file: String, expected: String, other: String)
    }

    /// The name of the file, or of the folder where no file is there.
    package let file: String
    /// What is wrong with it.
    package let problem: Problem

    /// Whether a vocab.txt lies beside a tokenizer.json that cannot be used.
    package let hasVocabulary: Bool

    /// Says what is wrong with a file.
    package init(file: String, problem: Problem, hasVocabulary: Bool = false) {
        self.file = file
        self.problem = problem
        self.hasVocabulary = hasVocabulary
    }
}

extension TokenizerError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch problem {
        case _ where hasVocabulary:
            "\(file): \(wording); vocab.txt lies beside it and may do: move tokenizer.json out of the folder to use "
                + "that, or get another copy"
        case .disagreement: "\(file): \(wording); make both files say the same, as the model was trained"
        case .file(let fault): "\(file): \(fault)"
        case .gguf(let problem): GGUFError(file: file, problem: problem).description
        case .noTokenizer: "\(file): neither tokenizer.json nor vocab.txt is there; download the whole model folder"
        case .unsupported:
            "\(file): \(wording); choose a model with a WordPiece tokenizer of the BERT kind, or with a byte pair "
                + "tokenizer as Llama, Qwen and GPT-2 have it"
        default: "\(file): \(wording); get another copy of the model folder"
        }
    }

    private var wording: String {
        switch problem {
        case .file(let fault): fault.description
        case .gguf(let problem): "\(problem)"
        case .noTokenizer: "no tokenizer"
        case .syntax(let fault): fault.description
        case .notUTF8: "the file is not UTF-8"
        case .missingField(let field): "\(field) is missing"
        case .wrongType(let field, let found, let expected): "\(field) holds \(found), expected \(expected)"
        case .unsupported(let field, let found, let supported): "\(field) is \(found), supported is \(supported)"
        case .emptyVocabulary: "the vocabulary is empty"
        case .vocabularyTooLarge(let scalars, let limit):
            "the vocabulary has \(scalars) characters, at most \(limit) are accepted"
        case .idOutOfRange(let field, let id, let allowed):
            "\(field) has the id \(id), allowed are \(allowed.lowerBound) to \(allowed.upperBound - 1)"
        case .duplicateID(let id): "two tokens have the id \(id)"
        case .idGap(let id): "no token has the id \(id)"
        case .duplicateToken(let token, let line): "line \(line) repeats the token \"\(token)\""
        case .missingToken(let role, let token): "the \(role) \"\(token)\" is not in the vocabulary"
        case .emptyAddedToken(let id): "the added token \(id) is empty"
        case .duplicateAddedToken(let token): "the token \"\(token)\" is added twice"
        case .addedTokensTooLarge(let limit):
            "the added_tokens have more than \(limit) characters together"
        case .addedTokenCollision(let token, let found, let expected):
            "the added token \"\(token)\" has the id \(found) instead of \(expected)"
        case .specialTokenMismatch(let token, let found, let expected):
            "the post_processor gives \"\(token)\" the id \(found), the vocabulary "
                + "\(expected.map(String.init) ?? "none")"
        case .disagreement(let fact, let found, let file, let expected, let other):
            "\(fact) is \(found) in \(file) and \(expected) in \(other)"
        case .templateWithoutText: "the post_processor has no place for the text, or more than one"
        }
    }
}

extension TokenizerError.Problem: Error {}
