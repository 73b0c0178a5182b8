internal import CKernels

/// Functions of whole rows: layer norm, softmax, sums. A sum over a row has 16 lanes and a fixed tree
/// (docs/numerics.md).
package enum Rows {
    /// y = layer norm of (x + residual), row by row; x becomes that sum, which the backward pass needs.
    ///
    /// All matrices are (rows, columns), dense; `mean` and `rstd` (1 over the standard deviation) hold one value a row.
    package static func layerNorm(
        rows: Int, columns: Int, _ x: inout [Float], plus residual: [Float]?, _ norm: LayerNorm,
        into y: inout [Float], mean: inout [Float], rstd: inout [Float]
    ) {
        let count = rows * columns
        precondition(count <= x.count && count <= y.count && rows <= mean.count && rows <= rstd.count)
        precondition(norm.scale.count == columns && norm.shift.count == columns)
        precondition(residual.map { count <= $0.count } ?? true)
        unsafe withPointers(&x, &y, &mean, &rstd) { x, y, mean, rstd in
            unsafe withPointers(norm.scale, norm.shift) { scale, shift in
                let run = { (residual: UnsafePointer<Float>?) in
                    unsafe sisa_layer_norm_forward(
                        rows, columns, x, residual, scale, shift, norm.epsilon, y, mean, rstd)
                }
                guard let residual else { return run(nil) }
                unsafe residual.withUnsafeBufferPointer { unsafe run($0.baseAddress) }
            }
        }
    }

    /// Turns the gradient of a layer norm's result into that of its argument, in place.
    package static func layerNormBackward(
        rows: Int, columns: Int, gradient: inout [Float], _ x: [Float], _ norm: LayerNorm, mean: [Float],
        rstd: [Float]
    ) {
        let count = rows * columns
        precondition(count <= x.count && count <= gradient.count && rows <= mean.count && rows <= rstd.count)
        precondition(norm.scale.count == columns)
        unsafe gradient.withUnsafeMutableBufferPointer { gradient in
            unsafe withPointers(x, mean) { x, mean in
                unsafe withPointers(rstd, norm.scale) { rstd, scale in
                    guard let g = gradient.baseAddress else { return }
                    unsafe sisa_layer_norm_backward(rows, columns, g, x, mean, rstd, scale, g)
                }
            }
        }
    }

    /// Rows of `view` become softmax(scale * row).
    package static func softmax(_ values: inout [Float], _ view: MatrixView, scale: Float) {
        view.check(count: values.count)
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_softmax_forward(
                view.rows, view.columns, view.rowStride, scale, base + view.offset)
        }
    }

    /// Turns the gradient of softmax(scale * x) into that of x, in place; `probabilities` are the forward pass's
    /// result.
    package static func softmaxBackward(
        probabilities: [Float], at offset: Int, gradient: inout [Float], _ view: MatrixView, scale: Float
    ) {
        view.check(count: gradient.count)
        MatrixView(offset: offset, rows: view.rows, columns: view.columns, rowStride: view.rowStride)
            .check(count: probabilities.count)
        unsafe probabilities.withUnsafeBufferPointer { p in
            unsafe gradient.withUnsafeMutableBufferPointer { g in
                guard let from = p.baseAddress, let to = g.baseAddress else { return }
                unsafe sisa_softmax_backward(
                    view.rows, view.columns, view.rowStride, scale, from + offset, to + view.offset)
            }
        }
    }

    /// The mean of the rows of `view` (dense) becomes `result[at...]`.
    package static func mean(_ x: [Float], _ view: MatrixView, into result: inout [Float], at: Int) {
        view.check(count: x.count)
        precondition(view.rows > 0 && view.rowStride == view.columns)
        precondition(at + view.columns <= result.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe result.withUnsafeMutableBufferPointer { y in
                guard let from = x.baseAddress, let to = y.baseAddress else { return }
                unsafe sisa_mean_rows(view.rows, view.columns, from + view.offset, to + at)
            }
        }
    }

    /// Adds the rows of x (rows, columns), in order, to `sum[at...]`.
    package static func add(rows: Int, columns: Int, _ x: [Float], to sum: inout [Float], at: Int) {
        precondition(rows * columns <= x.count && at + columns <= sum.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe sum.withUnsafeMutableBufferPointer { sum in
                guard let from = x.baseAddress, let to = sum.baseAddress else { return }
                unsafe sisa_sum_rows(rows, columns, from, to + at)
            }
        }
    }
}

/// The frozen scale and shift of a layer norm.
package struct LayerNorm: Sendable {
    /// What the normed row is multiplied with, (hidden).
    package let scale: [Float]
    /// What is added to it afterwards, (hidden).
    package let shift: [Float]
    /// What is added to the variance, so that no row is divided by zero.
    package let epsilon: Float

    /// Keeps the numbers of a norm; `scale` and `shift` have the length of a row.
    package init(scale: [Float], shift: [Float], epsilon: Float) {
        self.scale = scale
        self.shift = shift
        self.epsilon = epsilon
    }
}

/// The places where two buffers begin; nothing happens where one is empty.
func withPointers(
    _ a: [Float], _ b: [Float], _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void
) {
    unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            unsafe body(a, b)
        }
    }
}

private func withPointers(
    _ a: inout [Float], _ b: inout [Float], _ c: inout [Float], _ d: inout [Float],
    _ body: (
        UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
        UnsafeMutablePointer<Float>
    ) -> Void
) {
    unsafe a.withUnsafeMutableBufferPointer { a in
        unsafe b.withUnsafeMutableBufferPointer { b in
            unsafe c.withUnsafeMutableBufferPointer { c in
                unsafe d.withUnsafeMutableBufferPointer { d in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress,
                        let d = d.baseAddress
                    else { return }
                    unsafe body(a, b, c, d)
                }
            }
        }
    }
}
