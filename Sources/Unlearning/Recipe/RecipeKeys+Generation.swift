internal import Engine

// The keys of the table that only a generation has.
extension RecipeKey {
    static let dialogueColumns: [RecipeKey] = [
        RecipeKey("data.columns.messages", .records, words: { $0.data.columns.dialogue?.messages.map { [$0] } ?? [] }) {
            node, recipe throws(RecipeError) in
            recipe.data.columns.dialogue = .messages(try node.text(expected: "the name of a column"))
        },
        column("data.columns.prompt", \.prompt) { .pair(prompt: $1, completion: $0.completion) },
        column("data.columns.completion", \.completion) { .pair(prompt: $0.prompt, completion: $1) }
    ].map { $0.only(.generation) }

    static let generation: [RecipeKey] = [
        RecipeKey("template", .weights, words: { $0.generation?.template.words ?? [] }) {
            node, recipe throws(RecipeError) in
            recipe.generation?.template = try PromptTemplate(node)
        },
        RecipeKey("overlong", .weights, words: { ($0.generation?.overlong.rawValue).map { [$0] } ?? [] }) {
            node, recipe throws(RecipeError) in
            recipe.generation?.overlong = try node.choice()
        },
        RecipeKey("score_prompt", .weights, words: { ($0.generation?.promptWeight).map { ["\($0)"] } ?? [] }) {
            node, recipe throws(RecipeError) in
            recipe.generation?.promptWeight = try node.number(in: .fraction)
        }
    ].map { $0.only(.generation) }

    /// A column beside another one; `messages` is read before, and has both.
    private static func column(
        _ path: String, _ name: any KeyPath<DialogueColumns, String> & Sendable,
        _ change: @escaping @Sendable (_ old: DialogueColumns, _ name: String) -> DialogueColumns
    ) -> RecipeKey {
        RecipeKey(
            path, .records,
            words: { recipe in
                guard case .pair = recipe.data.columns.dialogue else { return [] }
                return (recipe.data.columns.dialogue?[keyPath: name]).map { [$0] } ?? []
            },
            read: { node, recipe throws(RecipeError) in
                let columns = recipe.data.columns.dialogue ?? .usual
                if case .messages = columns { throw node.refusal(.notWithMessages) }
                recipe.data.columns.dialogue = change(columns, try node.text(expected: "the name of a column"))
            })
    }
}

extension DialogueColumns {
    /// The column of whole conversations, where there is one.
    fileprivate var messages: String? {
        if case .messages(let name) = self { name } else { nil }
    }
}
