/// The number of a shard, slice, order or stage as people and programs see it: counted from 1, where the code counts
/// from 0.
///
/// Here, and nowhere else, one is turned into the other.
package struct Ordinal: Sendable, Hashable {
    /// The place counted from 0, as the code has it.
    package let index: Int

    /// The number of what stands at a place that is counted from 0.
    package init(_ index: Int) {
        self.index = index
    }

    /// A number that somebody wrote, counted from 1. It may be any: whoever is asked for its index says what is out of
    /// range.
    package init(number: Int) {
        index = number &- 1
    }

    /// The number, counted from 1.
    package var number: Int { index &+ 1 }
}

extension Ordinal: CustomStringConvertible {
    /// The number in decimal digits.
    package var description: String { "\(number)" }
}

extension Ordinal: Encodable {
    /// Encodes the number alone.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
