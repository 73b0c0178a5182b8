import Testing

@testable import Unlearning

/// How the shards' votes become one answer.
@Suite struct AggregatorTests {
    private let votes = [
        ShardVote(shard: 0, probabilities: [0.5, 0.25, 0.25], records: 1),
        ShardVote(shard: 2, probabilities: [0.25, 0.75, 0], records: 3)
    ]

    private func answer(_ votes: [ShardVote], _ aggregation: Recipe.Aggregation) -> (label: Int, [Float]) {
        Aggregator(aggregation: aggregation, labels: 3, records: votes.map(\.records))
            .answer(votes.flatMap(\.probabilities))
    }

    @Test func meanIsTheMeanOverTheShardsThatVote() {
        #expect(answer(votes, .mean) == (1, [0.375, 0.5, 0.125]))
        #expect(answer([votes[0]], .mean) == (0, [0.5, 0.25, 0.25]))
    }

    @Test func weightedCountsEachShardByItsRecords() {
        #expect(answer(votes, .weighted) == (1, [0.3125, 0.625, 0.0625]))
        var other = votes
        other[0] = ShardVote(shard: 0, probabilities: [1, 0, 0], records: 5)
        #expect(answer(other, .weighted) == (0, [0.71875, 0.28125, 0]))
    }

    @Test func majorityIsTheShareOfFirstChoices() {
        let three = votes + [ShardVote(shard: 3, probabilities: [0.1, 0.5, 0.4], records: 100)]
        let (label, shares) = answer(three, .majority)
        #expect(label == 1 && shares == [Float(1) / 3, Float(2) / 3, 0])
    }

    @Test func aTieOfTheMajorityGoesToTheHigherMean() {
        #expect(answer(votes, .majority) == (1, [0.5, 0.5, 0]))
        #expect(answer(votes.reversed(), .majority).label == 1)
    }

    @Test func aTieOfEverythingGoesToTheLowerIndex() {
        let even = [
            ShardVote(shard: 0, probabilities: [0, 0.75, 0.25], records: 1),
            ShardVote(shard: 1, probabilities: [0, 0.25, 0.75], records: 1)
        ]
        #expect(answer(even, .majority).label == 1)
        #expect(answer(even, .mean).label == 1)
        #expect(ShardVote(shard: 0, probabilities: [0.5, 0.5], records: 1).label == 0)
    }

    @Test func votesAreReadFromWhereATextsOwnBegin() {
        let two = votes.flatMap(\.probabilities) + [0, 0, 1, 0, 0.5, 0.5]
        for aggregation in Recipe.Aggregation.allCases {
            let found = Aggregator(aggregation: aggregation, labels: 3, records: [1, 3]).answer(two, from: 6)
            let alone = Aggregator(aggregation: aggregation, labels: 3, records: [1, 3]).answer(Array(two[6...]))
            #expect(found == alone && found.label == 2)
        }
    }
}
