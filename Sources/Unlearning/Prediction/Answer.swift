/// The answer to one text.
package struct Answer: Sendable, Equatable {
    package let label: Int
    /// Combined over the shards, one a label.
    package let probabilities: [Float]
    /// Each shard's own, by shard; empty where nobody asked for them.
    package let votes: [ShardVote]
}

/// One shard's answer to one text.
package struct ShardVote: Sendable, Equatable {
    package let shard: Int
    /// One a label; they sum to 1.
    package let probabilities: [Float]
    /// Live records that the answering checkpoint was trained on.
    package let records: Int

    package var label: Int { Ensemble.largest(probabilities[...]) }
}
