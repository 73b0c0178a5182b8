/// One row of a delimited file: the bytes of its fields, one after the other, quotes resolved.
package struct FieldRow {
    var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    var ends: [Int] = []
    /// The line on which the row begins.
    package var line = 1

    /// How many fields it has.
    package var count: Int { ends.count }

    /// The bytes of a field, counted from 0.
    package subscript(field: Int) -> ArraySlice<UInt8> {
        bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
    }

    /// The line on which a byte stands: a quoted field may hold line breaks.
    func line(ofByteAt index: Int) -> Int {
        line + bytes[..<index].count { $0 == UInt8(ascii: "\n") }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
