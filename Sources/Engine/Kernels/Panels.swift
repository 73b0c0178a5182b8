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
        (rows, columns) = (view.rows, view.columns)
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

    func withPanels(_ body: (UnsafePointer<Float>) -> Void) {
        unsafe storage.withUnsafeBytes { panels in
            guard let base = unsafe panels.bindMemory(to: Float.self).baseAddress else { return }
            unsafe body(base)
        }
    }
}
