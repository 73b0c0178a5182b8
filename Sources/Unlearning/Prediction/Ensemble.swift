/// One shard's answer to one text.
package struct ShardVote: Sendable, Equatable {
    package let shard: Int
    /// One a label; they sum to 1.
    package let probabilities: [Float]
    /// Live records that the answering checkpoint was trained on.
    package let records: Int

    package var label: Int { Ensemble.largest(probabilities) }
}

/// Combines the shards' votes. Nothing here is learnt, so nothing here can remember (docs/exactness.md, rule 7).
package enum Ensemble {
    /// Probabilities of the labels from all votes; a shard without records does not vote.
    ///
    /// `mean`: the mean of the shards' probabilities. `weighted`: the same, each shard by its records. `majority`: the share of shards
    /// whose first choice a label is. Sums run over shards in ascending order.
    package static func combine(_ votes: [ShardVote], _ aggregation: Recipe.Aggregation) -> [Float] {
        guard let labels = votes.first?.probabilities.count else { return [] }
        var sums = [Float](repeating: 0, count: labels)
        var total: Float = 0
        for vote in votes {
            let weight: Float = aggregation == .weighted ? Float(vote.records) : 1
            total += weight
            if aggregation == .majority {
                sums[vote.label] += 1
            } else {
                for label in 0..<labels { sums[label] += weight * vote.probabilities[label] }
            }
        }
        return sums.map { $0 / total }
    }

    /// The winning label. Ties of a majority vote go to the higher mean probability, then to the lower index.
    package static func winner(
        _ combined: [Float], _ votes: [ShardVote], _ aggregation: Recipe.Aggregation
    ) -> Int {
        guard aggregation == .majority else { return largest(combined) }
        let means = combine(votes, .mean)
        let best = combined.max() ?? 0
        return combined.indices.filter { combined[$0] == best }
            .max { means[$0] < means[$1] || (means[$0] == means[$1] && $0 > $1) } ?? 0
    }

    static func largest(_ values: [Float]) -> Int {
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return best
    }
}
