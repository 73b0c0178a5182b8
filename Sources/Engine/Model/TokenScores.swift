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
