/// Who answers a question, and how many answers become one: what is measured, and what a question may ask for.
package enum AnswerRule: Sendable, Equatable {
    /// All shards, as a recipe says.
    case aggregation(TokenAggregation)
    /// One shard alone, counted from 0.
    case shard(Int)
    /// The backbone without any adapter.
    case base

    /// The rule of a word: an aggregation's, which may end in `:` and its number, or `base`. Nil: there is none.
    package init?(word: String) {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts == ["base"] {
            self = .base
            return
        }
        guard let aggregation = TokenAggregation(name: parts[0]) else { return nil }
        guard parts.count == 2 else {
            self = .aggregation(aggregation)
            return
        }
        guard let changed = Double(parts[1]).flatMap(aggregation.with) else { return nil }
        self = .aggregation(changed)
    }

    /// The word that stands for it.
    package var word: String {
        switch self {
        case .aggregation(let aggregation):
            if let number = aggregation.number, aggregation != TokenAggregation(name: aggregation.name) {
                "\(aggregation.name):\(number.value)"
            } else {
                aggregation.name
            }
        case .shard(let shard): "shard \(shard + 1)"
        case .base: "base"
        }
    }

    /// Whether the backbone is asked without an adapter.
    package var needsBase: Bool {
        switch self {
        case .base, .aggregation(.contrast): true
        case .shard, .aggregation: false
        }
    }

    /// Whether it counts how well shards foretell the prompt, so that the prompt's own tokens are scored.
    package var needsPrompt: Bool {
        switch self {
        case .aggregation(.posterior), .aggregation(.prompted), .aggregation(.assured), .aggregation(.recognise): true
        case .shard, .base, .aggregation: false
        }
    }
}
