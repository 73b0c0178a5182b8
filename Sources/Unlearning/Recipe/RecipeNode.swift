/// A piece of a recipe's YAML with its line, free of anchors, tags and repeated keys.
struct RecipeNode {
    var line: Int
    var content: Content

    indirect enum Content {
        /// A text as written. `isPlain` is false where it stands in quotes or is a block of text.
        case scalar(String, isPlain: Bool)
        case sequence([RecipeNode])
        case mapping([Entry])
    }

    struct Entry {
        var key: String
        var line: Int
        var value: RecipeNode
    }

    /// The name that messages give it.
    var kind: String {
        switch content {
        case .scalar(let text, isPlain: true) where text.isEmpty: "nothing"
        case .scalar(let text, isPlain: true): "`\(text.prefix(60))`"
        case .scalar(let text, isPlain: false): "the quoted text \"\(text.prefix(60))\""
        case .sequence: "a list"
        case .mapping: "keys with values"
        }
    }
}
