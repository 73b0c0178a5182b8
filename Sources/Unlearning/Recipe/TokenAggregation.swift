/// How the next-token distributions of many shards become one. All are functions of the shards that answer and of the
/// backbone alone.
package enum TokenAggregation: Sendable, Equatable, Codable {
    /// The mean of the shards' probabilities.
    case mean
    /// The mean, weighted by the records each shard still has.
    case weighted
    /// The mean of their logarithms, made probabilities again.
    case product
    /// The shard with the lowest entropy at this step; the lowest of several.
    case confident
    /// The mixture of sequences: each shard counts by how much better than the backbone it foretold the text so far.
    case posterior
    /// The backbone's logarithm plus what each shard changes of it, no change more than `clip`.
    case contrast(clip: Double)
    /// The shard in which the keyed hash places the owner who is named with the question.
    case owner

    /// The most that a shard may change a logarithm where a recipe does not say.
    static let clip = 10.0

    /// The words that a recipe may have.
    static let names = ["mean", "weighted", "product", "confident", "posterior", "contrast", "owner"]

    /// The aggregation of a recipe's word; nil: it is none.
    package init?(name: String) {
        switch name {
        case "mean": self = .mean
        case "weighted": self = .weighted
        case "product": self = .product
        case "confident": self = .confident
        case "posterior": self = .posterior
        case "contrast": self = .contrast(clip: Self.clip)
        case "owner": self = .owner
        default: return nil
        }
    }

    /// Its word in a recipe.
    package var name: String {
        switch self {
        case .mean: "mean"
        case .weighted: "weighted"
        case .product: "product"
        case .confident: "confident"
        case .posterior: "posterior"
        case .contrast: "contrast"
        case .owner: "owner"
        }
    }
}

extension TokenAggregation {
    /// Everything of it, for the identity.
    var words: [String] {
        if case .contrast(let clip) = self { [name, "\(clip)"] } else { [name] }
    }

    /// Reads a word, or `{contrast: {clip: 10}}`.
    init(_ node: RecipeNode) throws(RecipeError) {
        guard case .mapping = node.content else {
            let word = try node.word(among: Self.names)
            self = Self(name: word) ?? .posterior
            return
        }
        guard let contrast = try node.entries(allowed: ["contrast"]).first?.value,
            let clip = try contrast.entries(allowed: ["clip"]).first?.value
        else { throw node.missing("contrast", example: "aggregation: {contrast: {clip: 10}}") }
        self = .contrast(
            clip: try clip.number(in: RecipeNumberRange(lower: 0, upper: 1000, lowerIncluded: false)))
    }
}
