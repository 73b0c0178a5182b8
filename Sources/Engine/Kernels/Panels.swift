internal import CKernels

/// The right-hand side of a matrix product, laid out in panels of 16 columns for the kernels.
///
/// A frozen weight is packed once, when the backbone is loaded; what changes from step to step is packed again into the
/// same storage, which grows to the largest shape it has seen and never shrinks.
package struct Panels: Sendable {
    /// Depth of the product: rows of the packed matrix.
    package private(set) var rows = 0
    /// The columns of the product.
    package private(set) var columns = 0
    /// The form in which the numbers are kept; nil: as they are, in binary32.
    package private(set) var compact: CompactKind?
    // A row of a panel an element: so aligned, that no load of it touches two lines of the cache.
    private var storage: [SIMD16<Float>] = []

    /// An empty matrix, with room for nothing yet.
    package init() {}

    /// Packs the part of a buffer that a view shows.
    package init(_ source: [Float], _ view: MatrixView) {
        pack(source, view)
    }

    /// Takes over a matrix; what was packed before is gone.
    package mutating func pack(_ source: [Float], _ view: MatrixView) {
        view.check(count: source.count)
        (rows, columns, compact) = (view.rows, view.columns, nil)
        let count = sisa_packed_count(rows, columns) / Int(SISA_PANEL)
        if storage.count < count {
            storage = [SIMD16<Float>](repeating: .zero, count: count)
        }
        guard rows > 0, columns > 0 else { return }
        unsafe source.withUnsafeBufferPointer { source in
            unsafe storage.withUnsafeMutableBytes { packed in
                guard let from = source.baseAddress,
                    let to = unsafe packed.bindMemory(to: Float.self).baseAddress
                else { return }
                unsafe sisa_pack(
                    rows, columns, from + view.offset, view.rowStride, view.columnStride, to)
            }
        }
    }

    /// A frozen matrix (outputs, inputs) that stays in the few bits it has in its file, turned: the product's depth is
    /// `inputs`. Each of its rows is whole blocks of `kind`.
    package init(_ kind: CompactKind, _ bytes: [UInt8], outputs: Int, inputs: Int) {
        self.init(kind, room: inputs, outputs)
        precondition(inputs.isMultiple(of: kind.blockElements), "a row ends inside a block")
        precondition(
            bytes.count == outputs * (inputs / kind.blockElements) * kind.blockBytes, "a matrix has another size")
        guard rows > 0, columns > 0 else { return }
        unsafe fill(bytes) { from, to in
            if kind.blockElements == 1 {
                unsafe sisa_pack_16(inputs, outputs, from, 1, inputs, to)
            } else {
                unsafe sisa_pack_blocks(kind.code, inputs, outputs, from, to)
            }
        }
    }

    /// The same matrix as it lies, of numbers of 16 bits: the depth is `outputs`, as a gradient needs it.
    package init(unturned kind: CompactKind, _ bytes: [UInt8], outputs: Int, inputs: Int) {
        self.init(kind, room: outputs, inputs)
        precondition(kind.blockElements == 1, "blocks of a row cannot be those of a column")
        precondition(bytes.count == 2 * outputs * inputs, "a matrix has another size")
        guard rows > 0, columns > 0 else { return }
        unsafe fill(bytes) { from, to in unsafe sisa_pack_16(outputs, inputs, from, inputs, 1, to) }
    }

    private init(_ kind: CompactKind, room rows: Int, _ columns: Int) {
        (self.rows, self.columns, compact) = (rows, columns, kind)
        let count = (sisa_compact_bytes(kind.code, rows, columns) + 63) / 64
        storage = [SIMD16<Float>](repeating: .zero, count: count)
    }

    private mutating func fill(
        _ bytes: [UInt8], _ pack: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
    ) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe storage.withUnsafeMutableBytes { packed in
                guard let from = bytes.baseAddress, let to = unsafe packed.bindMemory(to: UInt8.self).baseAddress
                else { return }
                unsafe pack(from, to)
            }
        }
    }

    func withPanels(_ body: (UnsafeRawPointer) -> Void) {
        unsafe storage.withUnsafeBytes { panels in
            guard let base = panels.baseAddress else { return }
            unsafe body(base)
        }
    }

    /// Where a column's panel begins, in bytes; the column is the first of its panel.
    func offset(ofColumn column: Int) -> Int {
        guard let compact else { return column * rows * MemoryLayout<Float>.size }
        return sisa_compact_bytes(compact.code, rows, column)
    }
}
