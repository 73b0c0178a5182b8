/// The next-token distributions of many shards that share a frozen backbone, and of that backbone by itself.
///
/// The layers below the lowest adapted one run once a token, for all members. Above them the frozen products of all
/// members are one product. Feeding a text token by token, in pieces or at once gives the same bits.
package final class LanguageEnsemble {
    /// Shards, in the order of their states.
    package let shards: Int
    /// Whether the backbone without an adapter is asked too; it is then the last member.
    package let hasBase: Bool
    /// Shards and, where asked for, the base.
    package var members: Int { shards + (hasBase ? 1 : 0) }
    /// How many tokens there are.
    package let vocabulary: Int
    /// The longest text, in tokens.
    package let positions: Int

    /// Packs the trained numbers of each shard; `states`: one a shard.
    package init(_ network: Network, _ states: [AdapterState], base: Bool, threads: Int) {
        shards = states.count
        hasBase = base
        vocabulary = network.backbone.configuration.vocabularySize
        positions = network.backbone.configuration.maximumPositions
    }

    /// A text that is being fed: what every layer of every member keeps of it.
    package final class Stream {
        /// How many tokens were fed.
        package fileprivate(set) var count = 0
    }

    /// A text of which nothing was fed.
    package func stream() -> Stream { Stream() }

    /// Feeds tokens to texts, some to each, and tells what every member expects after some of them.
    ///
    /// `wanted`: for each text the places among the tokens fed now after which the next token's distribution is asked
    /// for; empty: none. The caller keeps every text within `positions`.
    package func feed(_ tokens: [[Int32]], to streams: [Stream], wanted: [Range<Int>]) -> [TokenScores] {
        preconditionFailure("a text was fed to a model that has no decoder")
    }
}

/// The logarithms of next-token probabilities: (members, places, vocabulary), one flat buffer.
package struct TokenScores: Sendable, Equatable {
    /// How many of each there are.
    package let members, places, vocabulary: Int
    /// log p, member by member, in each place by place.
    package internal(set) var values: [Float]

    /// All zeros.
    package init(members: Int, places: Int, vocabulary: Int) {
        self.members = members
        self.places = places
        self.vocabulary = vocabulary
        values = [Float](repeating: 0, count: members * places * vocabulary)
    }

    /// Where a member's log-probabilities after a place lie in `values`, (vocabulary).
    package func range(member: Int, place: Int) -> Range<Int> {
        let start = (member * places + place) * vocabulary
        return start..<start + vocabulary
    }

    /// log p of one token.
    package func logProbability(member: Int, place: Int, token: Int32) -> Float {
        values[(member * places + place) * vocabulary + Int(token)]
    }
}
