/// A rectangular part of a flat row-major buffer: where it starts and how far apart its rows and columns lie.
///
/// Every matrix argument of the kernels is a buffer and a window into it, so that heads of an attention block,
/// parts of a fused projection and tensors inside one parameter buffer are used where they are, without copies.
package struct Window: Sendable, Equatable {
    package var offset: Int
    package var rows: Int
    package var columns: Int
    package var rowStride: Int
    package var columnStride: Int

    package init(offset: Int = 0, rows: Int, columns: Int, rowStride: Int? = nil) {
        self.offset = offset
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride ?? columns
        self.columnStride = 1
    }

    /// The same elements with rows and columns exchanged.
    package var transposed: Window {
        var result = self
        (result.rows, result.columns) = (columns, rows)
        (result.rowStride, result.columnStride) = (columnStride, rowStride)
        return result
    }

    /// Traps unless every element of the window lies inside a buffer of `count` elements.
    func check(count: Int) {
        precondition(offset >= 0 && rows >= 0 && columns >= 0, "a window has a negative bound")
        guard rows > 0, columns > 0 else { return }
        let last = offset + (rows - 1) * rowStride + (columns - 1) * columnStride
        precondition(last < count, "a window reaches past its buffer")
    }
}
