package import Foundation

/// JSON as this program keeps it: members sorted by their names, so that equal values are equal bytes.
package enum SortedJSON {
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
