extension PromptTemplate {
    /// A stretch of a prompt.
    enum Part: Equatable {
        case text(String)
        case control(String)
        case tokens([Int32])
    }

    /// The control tokens that the template writes.
    var controlTokens: [String] {
        switch self {
        case .plain, .custom: []
        case .chatml: ["<|im_start|>", "<|im_end|>"]
        case .llama3: ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
        case .zephyr: ["</s>"]
        }
    }

    /// The control token that ends an answer; nil: it ends where the model's texts do.
    var end: String? {
        switch self {
        case .plain, .custom: nil
        case .chatml: "<|im_end|>"
        case .llama3: "<|eot_id|>"
        case .zephyr: "</s>"
        }
    }

    /// What a prompt is made of. `begin`: what the model's texts begin with, where no template says so.
    func prompt(_ turns: [Turn], begin: [Int32]) -> [Part] {
        switch self {
        case .plain: return [.tokens(begin)] + turns.map { .text($0.content) }
        case .custom(let prompt, _):
            let content = turns.map(\.content).joined()
            return [.tokens(begin), .text(prompt.replacing(Self.promptPlace, with: content))]
        case .chatml:
            return turns.flatMap { turn -> [Part] in
                [
                    .control("<|im_start|>"), .text("\(turn.role.rawValue)\n\(turn.content)"), .control("<|im_end|>"),
                    .text("\n")
                ]
            } + [.control("<|im_start|>"), .text("assistant\n")]
        case .llama3:
            return [.control("<|begin_of_text|>")]
                + turns.flatMap { turn -> [Part] in
                    Self.header(turn.role) + [.text(Self.trimmed(turn.content)), .control("<|eot_id|>")]
                } + Self.header(.assistant)
        case .zephyr:
            return turns.flatMap { turn -> [Part] in
                [.text("<|\(turn.role.rawValue)|>\n\(turn.content)"), .control("</s>"), .text("\n")]
            } + [.text("<|assistant|>\n")]
        }
    }

    /// The text of an answer.
    func completion(_ text: String) -> String {
        switch self {
        case .plain, .chatml, .zephyr: text
        case .llama3: Self.trimmed(text)
        case .custom(_, let completion): completion.replacing(Self.completionPlace, with: text)
        }
    }

    private static func header(_ role: Turn.Role) -> [Part] {
        [
            .control("<|start_header_id|>"), .text(role.rawValue), .control("<|end_header_id|>"), .text("\n\n")
        ]
    }

    /// A text without the white space around it.
    private static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            CharacterClasses.shared[scalar.value].isSpace
        }
        let scalars = text.unicodeScalars
        let rest = scalars.drop(while: isSpace)
        let end = rest.lastIndex { !isSpace($0) }.map(rest.index(after:)) ?? rest.startIndex
        return String(rest[..<end])
    }
}
