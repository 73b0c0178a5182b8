package import Foundation

/// How an answer becomes JSON: indented, keys in snake case and sorted, slashes as they are. All programs encode answers by this alone.
package enum AnswerJSON {
    /// The JSON text of an answer, without a line's end.
    package static func encode(_ answer: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(answer)
    }
}

/// A value that JSON shows as null where there is none, instead of leaving it out.
package struct OrNull<Value: Encodable>: Encodable {
    /// The value, nil for null.
    package let value: Value?

    /// Wraps a value, or nil for null.
    package init(_ value: Value?) {
        self.value = value
    }

    /// Encodes the value alone, or null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension OrNull: Sendable where Value: Sendable {}
