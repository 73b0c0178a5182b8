/// A rectangular part of a flat row-major buffer: where it starts and how far apart its rows and columns lie.
///
/// Every matrix argument of the kernels is a buffer and a view into it, so that heads of an attention block,
/// parts of a fused projection and tensors inside one parameter buffer are used where they are, without copies.
package struct MatrixView: Sendable, Equatable {
    /// The element of the buffer that is the view's first.
    package var offset: Int
    /// How many rows the view has.
    package var rows: Int
    /// How many columns the view has.
    package var columns: Int
    /// From a row's element to the next row's, in elements of the buffer.
    package var rowStride: Int
    /// From a column's element to the next column's, in elements of the buffer.
    package var columnStride: Int

    /// A view whose columns lie side by side; without `rowStride` its rows follow each other closely.
    package init(offset: Int = 0, rows: Int, columns: Int, rowStride: Int? = nil) {
        self.offset = offset
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride ?? columns
        self.columnStride = 1
    }

    /// The same elements with rows and columns exchanged.
    package var transposed: MatrixView {
        var result = self
        (result.rows, result.columns) = (columns, rows)
        (result.rowStride, result.columnStride) = (columnStride, rowStride)
        return result
    }

    /// Traps unless every element of the view lies inside a buffer of `count` elements.
    func check(count: Int) {
        precondition(offset >= 0 && rows >= 0 && columns >= 0, "a view has a negative bound")
        guard rows > 0, columns > 0 else { return }
        let last = offset + (rows - 1) * rowStride + (columns - 1) * columnStride
        precondition(last < count, "a view reaches past its buffer")
    }
}
