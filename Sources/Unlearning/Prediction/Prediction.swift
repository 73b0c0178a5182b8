/// What an ensemble says of one text.
package struct Prediction: Sendable, Equatable {
    /// The label that it is given, by its place in the recipe, counted from 0.
    package let label: Int
    /// Combined over the shards; (labels), sums to 1.
    package let probabilities: [Float]
    /// Each shard's own vote, by shard; empty where nobody asked for them.
    package let votes: [ShardVote]
}

/// What one shard says of one text.
package struct ShardVote: Sendable, Equatable {
    /// The shard, counted from 0.
    package let shard: Int
    /// The shard's own; (labels), sums to 1.
    package let probabilities: [Float]
    /// Live records that the answering checkpoint was trained on.
    package let records: Int

    /// The label that the shard gives most probability.
    package var label: Int { Aggregator.largest(probabilities[...]) }
}
