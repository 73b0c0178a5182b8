/// How the next-token distributions of many shards become one. All are functions of the shards that answer and of the
/// backbone alone, so that forgetting stays exact under each (docs/aggregation.md).
package enum TokenAggregation: Sendable, Equatable, Codable {
    /// The mean of the shards' probabilities.
    case mean
    /// The mean, weighted by the records each shard still has.
    case weighted
    /// The mean of their logarithms, made probabilities again.
    case product
    /// The shard with the lowest entropy at this step; the lowest of several.
    case confident
    /// The mixture of sequences: each shard counts by how well it foretold the prompt and the answer so far, its
    /// likelihood to the power of `tau`.
    case posterior(tau: Double)
    /// The same by the prompt alone: the weights stay what they were when the answer began.
    case prompted(tau: Double)
    /// The posterior, in which a shard counts the more the surer it is at this step.
    case assured(tau: Double)
    /// The shard that foretold the prompt best; the lowest of several.
    case recognise
    /// The backbone's logarithm plus what each shard changes of it, no change more than `clip`.
    case contrast(clip: Double)
    /// The shard in which the keyed hash places the owner who is named with the question.
    case owner

    /// The power of the likelihoods where nobody says.
    static let tau = 1.0
    /// The most that a shard may change a logarithm where nobody says.
    static let clip = 10.0

    /// All aggregations, with the numbers that they have where nobody says.
    package static let all: [TokenAggregation] = [
        .mean, .weighted, .product, .confident, .posterior(tau: tau), .prompted(tau: tau), .assured(tau: tau),
        .recognise, .contrast(clip: clip), .owner
    ]

    /// The aggregation of a word; nil: it is none.
    package init?(name: String) {
        guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    /// Its word in a recipe.
    package var name: String {
        switch self {
        case .mean: "mean"
        case .weighted: "weighted"
        case .product: "product"
        case .confident: "confident"
        case .posterior: "posterior"
        case .prompted: "prompted"
        case .assured: "assured"
        case .recognise: "recognise"
        case .contrast: "contrast"
        case .owner: "owner"
        }
    }
}

extension TokenAggregation {
    /// The numbers that an aggregation may have, and under which name.
    private static let range = RecipeNumberRange(lower: 0, upper: 1000, lowerIncluded: false)

    /// Its number and that number's name; nil where it has none.
    package var number: (name: String, value: Double)? {
        switch self {
        case .posterior(let tau), .prompted(let tau), .assured(let tau): ("tau", tau)
        case .contrast(let clip): ("clip", clip)
        case .mean, .weighted, .product, .confident, .recognise, .owner: nil
        }
    }

    /// The same with another number, above 0 and at most 1000; nil where it has none, or none like this.
    package func with(_ number: Double) -> TokenAggregation? {
        guard number > 0, number <= Self.range.upper else { return nil }
        return switch self {
        case .posterior: .posterior(tau: number)
        case .prompted: .prompted(tau: number)
        case .assured: .assured(tau: number)
        case .contrast: .contrast(clip: number)
        case .mean, .weighted, .product, .confident, .recognise, .owner: nil
        }
    }

    /// Everything of it, for the identity.
    var words: [String] { [name] + (number.map { ["\($0.value)"] } ?? []) }

    /// Reads a word, or a word with its number: `{posterior: {tau: 2}}`, `{contrast: {clip: 10}}`.
    init(_ node: RecipeNode) throws(RecipeError) {
        let names = Self.all.map(\.name)
        guard case .mapping = node.content else {
            let word = try node.word(among: names)
            self = Self(name: word) ?? .mean
            return
        }
        let example = "aggregation: {contrast: {clip: 10}}"
        let numbered = Self.all.compactMap { aggregation in aggregation.number.map { (aggregation, $0.name) } }
        guard let entry = try node.entries(allowed: numbered.map(\.0.name)).first,
            let (usual, name) = numbered.first(where: { $0.0.name == entry.key }),
            let value = try entry.value.entries(allowed: [name]).first?.value
        else { throw node.missing("contrast", example: example) }
        self = usual.with(try value.number(in: Self.range)) ?? usual
    }
}
