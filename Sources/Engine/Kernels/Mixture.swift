internal import CKernels

/// Loops that make one next-token distribution of many. The rows of a view are the logarithms of distributions, finite;
/// their order is the order of every sum, and nothing depends on how the loops are cut (docs/aggregation.md).
package enum Mixture {
    /// result[c] = log(sum over the rows of exp(row[c] + weight)), without underflow; `weights`: one a row.
    package static func logSum(_ rows: [Float], _ view: MatrixView, weights: [Float], into result: inout [Float]) {
        precondition(weights.count == view.rows)
        unsafe over(rows, view, &result) { x, y in
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let w = weights.baseAddress else { return }
                unsafe sisa_log_mixture(view.rows, view.columns, view.rowStride, x, w, y)
            }
        }
    }

    /// result[c] = the mean over the rows; it is no distribution until it is normalised.
    package static func mean(_ rows: [Float], _ view: MatrixView, into result: inout [Float]) {
        unsafe over(rows, view, &result) { x, y in
            unsafe sisa_log_product(view.rows, view.columns, view.rowStride, x, y)
        }
    }

    /// result[c] = base[c] plus what each row adds to it, none more than `clip` up or down; it is no distribution until
    /// it is normalised. `base`: where the base's row begins among `rows`.
    package static func contrast(
        _ rows: [Float], _ view: MatrixView, base: Int, clip: Float, into result: inout [Float]
    ) {
        precondition(base >= 0 && base + view.columns <= rows.count)
        unsafe over(rows, view, &result) { x, y in
            unsafe rows.withUnsafeBufferPointer { rows in
                guard let start = rows.baseAddress else { return }
                unsafe sisa_log_contrast(view.rows, view.columns, view.rowStride, x, start + base, clip, y)
            }
        }
    }

    /// The entropy, in nats, of the distribution whose logarithms stand in a range.
    package static func entropy(_ values: [Float], _ range: Range<Int>) -> Float {
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        return unsafe values.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { return 0 }
            return unsafe sisa_entropy(range.count, base + range.lowerBound)
        }
    }

    /// The place of the largest value in a range, counted from the range's first; the first of equals.
    package static func largest(_ values: [Float], _ range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        return unsafe values.withUnsafeBufferPointer { values in
            var best = range.lowerBound
            for index in range where unsafe values[index] > values[best] { best = index }
            return best - range.lowerBound
        }
    }

    /// Runs a loop over the rows of a view that writes one row, with pointers to the first of each.
    private static func over(
        _ rows: [Float], _ view: MatrixView, _ result: inout [Float],
        _ loop: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        view.check(count: rows.count)
        precondition(view.rows > 0 && view.columnStride == 1 && view.columns <= result.count)
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe result.withUnsafeMutableBufferPointer { result in
                guard let x = rows.baseAddress, let y = result.baseAddress else { return }
                unsafe loop(x + view.offset, y)
            }
        }
    }
}
