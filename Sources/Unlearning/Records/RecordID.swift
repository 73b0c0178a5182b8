/// The name of a record: a sequence of UTF-8 bytes.
///
/// Two ids are the same record exactly when their bytes are equal, and they are ordered by their bytes. Swift's own
/// `String` comparison holds "é" in one code point equal to "e" with a combining accent; a file that contains both
/// holds two records, and a deletion of one must not reach the other.
package struct RecordID: Sendable, CustomStringConvertible {
    /// The text whose bytes they are.
    package let rawValue: String

    /// The id of these bytes.
    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The id itself.
    package var description: String { rawValue }
}

extension RecordID: Hashable {
    /// Whether the bytes are the same.
    package static func == (left: RecordID, right: RecordID) -> Bool {
        left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    /// Feeds the bytes and their count.
    package func hash(into hasher: inout Hasher) {
        for byte in rawValue.utf8 { hasher.combine(byte) }
        hasher.combine(rawValue.utf8.count)
    }
}

extension RecordID: Comparable {
    /// Whether the bytes come first.
    package static func < (left: RecordID, right: RecordID) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}
