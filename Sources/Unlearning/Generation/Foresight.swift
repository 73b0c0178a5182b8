internal import Engine

/// How well each shard of an ensemble foretold a text so far: what the mixture of sequences weighs shards by.
///
/// A sum of log p over the tokens, in their order, in binary64. The first token of a text was foretold by nobody.
struct Foresight: Sendable, Equatable {
    /// log p of all tokens so far, by shard.
    private(set) var text: [Double]
    /// log p of the prompt's tokens, by shard.
    private(set) var prompt: [Double]

    /// Of a text of which nothing is known.
    init(shards: Int) {
        text = [Double](repeating: 0, count: shards)
        prompt = text
    }

    /// Counts a token that came after a place. `isPrompt`: Whether it is one of the prompt's. Where one member alone is
    /// asked there is nothing to weigh.
    mutating func count(_ token: Int32, _ scores: TokenScores, place: Int, isPrompt: Bool) {
        if scores.members < text.count { return }
        for shard in text.indices {
            text[shard] += Double(scores.logProbability(member: shard, place: place, token: token))
        }
        if isPrompt { prompt = text }
    }
}
