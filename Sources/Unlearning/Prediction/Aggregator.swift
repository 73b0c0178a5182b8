/// Combines the shards' votes. Nothing here is learnt, so nothing here can remember (docs/exactness.md, rule 7).
struct Aggregator: Sendable {
    let aggregation: Recipe.Aggregation
    let labels: Int
    /// Live records behind each vote. A shard without records does not vote.
    let records: [Int]

    /// One text's answer from its votes, (votes, labels), which begin at `start`.
    func answer(_ votes: [Float], from start: Int = 0) -> (label: Int, probabilities: [Float]) {
        let combined = combine(votes, from: start, aggregation)
        return (winner(combined, votes, from: start), combined)
    }

    /// `mean`: the mean of the shards' probabilities. `weighted`: the same, each shard by its records. `majority`: the
    /// share of shards whose first choice a label is. Sums run over shards in ascending order.
    private func combine(_ votes: [Float], from start: Int, _ aggregation: Recipe.Aggregation) -> [Float] {
        var sums = [Float](repeating: 0, count: labels)
        var total: Float = 0
        for (vote, records) in records.enumerated() {
            let weight: Float = aggregation == .weighted ? Float(records) : 1
            total += weight
            let row = start + vote * labels
            if aggregation == .majority {
                sums[Self.largest(votes[row..<row + labels])] += 1
            } else {
                for label in 0..<labels { sums[label] += weight * votes[row + label] }
            }
        }
        return sums.map { $0 / total }
    }

    /// Ties of a majority vote go to the higher mean probability, then to the lower index.
    private func winner(_ combined: [Float], _ votes: [Float], from start: Int) -> Int {
        guard aggregation == .majority else { return Self.largest(combined[...]) }
        let means = combine(votes, from: start, .mean)
        let best = combined.max() ?? 0
        return combined.indices.filter { combined[$0] == best }
            .max { means[$0] < means[$1] || (means[$0] == means[$1] && $0 > $1) } ?? 0
    }

    /// The place of the largest value, counted from the first; the first of equals.
    static func largest(_ values: ArraySlice<Float>) -> Int {
        var best = values.startIndex
        for index in values.indices where values[index] > values[best] { best = index }
        return best - values.startIndex
    }
}
