package import Engine

// How a recipe has templates: as words, which are also their part of the identity.
extension PromptTemplate {
    /// The words that a recipe may have.
    static let names = ["plain", "chatml", "llama-3", "zephyr"]

    /// The word, or for a text of one's own `custom` and both parts.
    package var words: [String] {
        switch self {
        case .plain: ["plain"]
        case .chatml: ["chatml"]
        case .llama3: ["llama-3"]
        case .zephyr: ["zephyr"]
        case .custom(let prompt, let completion): ["custom", prompt, completion]
        }
    }

    /// The template of these words; nil: there is none.
    package init?(words: [String]) {
        switch (words.first, words.count) {
        case ("plain", 1): self = .plain
        case ("chatml", 1): self = .chatml
        case ("llama-3", 1): self = .llama3
        case ("zephyr", 1): self = .zephyr
        case ("custom", 3): self = .custom(prompt: words[1], completion: words[2])
        default: return nil
        }
    }

    /// Reads a word, or `{prompt: "...{prompt}...", completion: "...{completion}..."}`.
    init(_ node: RecipeNode) throws(RecipeError) {
        guard case .mapping = node.content else {
            self = Self(words: [try node.word(among: Self.names)]) ?? .plain
            return
        }
        let entries = try node.entries(allowed: ["prompt", "completion"])
        func part(_ name: String, _ example: String) throws(RecipeError) -> String {
            guard let part = entries.first(where: { $0.key == name })?.value else {
                throw node.missing(name, example: "\(name): \"\(example)\"")
            }
            let expected = "a text with {\(name)} in it, once"
            let text = try part.text(expected: expected)
            guard text.ranges(of: "{\(name)}").count == 1 else { throw part.wrongType(expected: expected) }
            return text
        }
        self = .custom(
            prompt: try part("prompt", "Question: {prompt}\\nAnswer:"),
            completion: try part("completion", " {completion}"))
    }
}

extension PromptTemplate: Codable {
    /// Reads the words that a workspace keeps.
    package init(from decoder: any Decoder) throws {
        let words = try [String](from: decoder)
        guard let template = Self(words: words) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no template has these words"))
        }
        self = template
    }

    /// Writes its words.
    package func encode(to encoder: any Encoder) throws { try words.encode(to: encoder) }
}
