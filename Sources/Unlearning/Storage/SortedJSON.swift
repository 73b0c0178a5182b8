package import Foundation

/// JSON as this program keeps it: members sorted by their names, so that equal values are equal bytes.
package enum SortedJSON {
    /// Encodes a value as one line with sorted keys, so that equal values are equal bytes.
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
