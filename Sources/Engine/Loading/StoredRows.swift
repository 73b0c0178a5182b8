/// A matrix as its file keeps it, (rows, columns): its rows are widened to binary32 when they are used.
///
/// A vector is one row. Rows follow one another without gaps, and no block of a quantized type crosses from one to the
/// next, so rows can be gathered and put in another order as they are.
package struct StoredRows: Sendable {
    /// How the elements lie.
    package let type: StoredType
    /// How many rows there are.
    package let rows: Int
    /// The elements of a row; a multiple of the type's block.
    package let columns: Int
    /// The rows, one after another.
    package let bytes: [UInt8]

    /// Takes over bytes whose number is that of the rows.
    init(type: StoredType, rows: Int, columns: Int, bytes: [UInt8]) {
        precondition(columns.isMultiple(of: type.blockElements), "a row ends inside a block")
        precondition(bytes.count == rows * (columns / type.blockElements) * type.blockBytes, "rows are missing")
        self.type = type
        self.rows = rows
        self.columns = columns
        self.bytes = bytes
    }

    /// Takes over numbers, (rows, columns).
    init(_ values: [Float], rows: Int, columns: Int) {
        let bytes = unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
        self.init(type: .f32, rows: rows, columns: columns, bytes: bytes)
    }

    /// The bytes of a row.
    package var rowBytes: Int { columns / type.blockElements * type.blockBytes }

    /// All elements, (rows, columns).
    package func floats() -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: rows * columns) { target, count in
            unsafe widen(0..<rows, into: target)
            count = rows * columns
        }
    }

    /// One row, (columns), into `target` from `offset` on.
    package func widen(row: Int, into target: inout [Float], at offset: Int) {
        precondition(row >= 0 && row < rows && offset >= 0 && offset + columns <= target.count)
        unsafe target.withUnsafeMutableBufferPointer { all in
            // Inside the buffer, as was just checked.
            unsafe widen(row..<row + 1, into: UnsafeMutableBufferPointer(rebasing: all[offset..<offset + columns]))
        }
    }

    private func widen(_ range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
        unsafe bytes.withUnsafeBytes { all in
            // Inside the buffer: there are `rows` rows of `rowBytes` bytes each.
            let source = unsafe all[range.lowerBound * rowBytes..<range.upperBound * rowBytes]
            unsafe Widening.widen(type, UnsafeRawBufferPointer(rebasing: source), into: target)
        }
    }

    /// The rows in another order: row r of the result is row `source(r)` of these.
    func reordered(_ source: (Int) -> Int) -> StoredRows {
        var ordered: [UInt8] = []
        ordered.reserveCapacity(bytes.count)
        for row in 0..<rows {
            let start = source(row) * rowBytes
            ordered += bytes[start..<start + rowBytes]
        }
        return StoredRows(type: type, rows: rows, columns: columns, bytes: ordered)
    }

    /// Columns for rows, of a type whose elements share no blocks.
    func transposed() -> StoredRows {
        precondition(!type.isQuantized, "blocks of a row cannot be those of a column")
        let width = type.blockBytes
        var turned = [UInt8](repeating: 0, count: bytes.count)
        for row in 0..<rows {
            for column in 0..<columns {
                let (from, to) = ((row * columns + column) * width, (column * rows + row) * width)
                for byte in 0..<width { turned[to + byte] = bytes[from + byte] }
            }
        }
        return StoredRows(type: type, rows: columns, columns: rows, bytes: turned)
    }

    /// The first element that is not finite, or whose block has a scale that is not; nil where all are numbers.
    var firstNotFinite: Int? {
        switch type {
        case .f32:
            unsafe first { unsafe $0.loadUnaligned(fromByteOffset: $1, as: UInt32.self) & 0x7F80_0000 == 0x7F80_0000 }
        case .bf16: unsafe first { unsafe $0.loadUnaligned(fromByteOffset: $1, as: UInt16.self) & 0x7F80 == 0x7F80 }
        case .f16: unsafe first { unsafe Self.isNoHalf($0, $1) }
        case .q4_0, .q5_0, .q8_0: unsafe first { unsafe Self.isNoHalf($0, $1) }
        case .q4_1, .q5_1, .q4K, .q5K: unsafe first { unsafe Self.isNoHalf($0, $1) || Self.isNoHalf($0, $1 + 2) }
        case .q6K: unsafe first { unsafe Self.isNoHalf($0, $1 + 208) }
        }
    }

    private static func isNoHalf(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self) & 0x7C00 == 0x7C00
    }

    /// The first element of the first block for which `isBad` holds, given the bytes and where the block begins.
    private func first(where isBad: (UnsafeRawBufferPointer, Int) -> Bool) -> Int? {
        let blockBytes = type.blockBytes
        return unsafe bytes.withUnsafeBytes { all in
            // Inside the buffer: it holds whole blocks.
            var found = false
            for start in stride(from: 0, to: all.count, by: blockBytes) { found = unsafe isBad(all, start) || found }
            guard found else { return nil }
            for start in stride(from: 0, to: all.count, by: blockBytes) where unsafe isBad(all, start) {
                return start / blockBytes * type.blockElements
            }
            return nil
        }
    }
}
