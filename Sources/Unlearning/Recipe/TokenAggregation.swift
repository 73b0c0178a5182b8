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
