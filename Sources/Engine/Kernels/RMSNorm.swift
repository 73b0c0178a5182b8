internal import CKernels

/// The frozen weights of an RMS norm (Zhang and Sennrich 2019).
package struct RMSNorm: Sendable {
    /// What the normed row is multiplied with, one number a column.
    package let weight: [Float]
    /// What is added to the mean of squares, so that no row is divided by zero.
    package let epsilon: Float

    /// Keeps the numbers of a norm; `weight` has the length of a row.
    package init(weight: [Float], epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
    }
}

extension Rows {
    /// y = RMS norm of (x + residual), row by row; x becomes that sum, which the backward pass needs.
    ///
    /// `residual` is laid out as x is. `rrms[at...]` becomes 1 over the root mean square, one value a row. A head's
    /// norm is that of a view of its columns.
    package static func rmsNorm(
        _ x: inout [Float], _ view: MatrixView, plus residual: [Float]? = nil, _ norm: RMSNorm,
        into y: inout [Float], _ result: MatrixView, rrms: inout [Float], at: Int = 0
    ) {
        check(view, x.count, norm)
        check(result, y.count, norm)
        if let residual { check(view, residual.count, norm) }
        precondition(result.rows == view.rows && at >= 0 && at + view.rows <= rrms.count)
        unsafe withPointers(&x, &y, &rrms) { x, y, rrms in
            unsafe norm.weight.withUnsafeBufferPointer { weight in
                guard let weight = weight.baseAddress else { return }
                let run = { (residual: UnsafePointer<Float>?) in
                    unsafe sisa_rms_norm_forward(
                        view.rows, view.columns, x + view.offset, view.rowStride, residual, weight, norm.epsilon,
                        y + result.offset, result.rowStride, rrms + at)
                }
                guard let residual else { return run(nil) }
                unsafe residual.withUnsafeBufferPointer {
                    guard let base = $0.baseAddress else { return }
                    unsafe run(base + view.offset)
                }
            }
        }
    }

    /// x = RMS norm of x, row by row, where no backward pass will follow.
    package static func rmsNorm(inPlace x: inout [Float], _ view: MatrixView, _ norm: RMSNorm) {
        check(view, x.count, norm)
        unsafe x.withUnsafeMutableBufferPointer { x in
            unsafe norm.weight.withUnsafeBufferPointer { weight in
                guard let x = x.baseAddress, let weight = weight.baseAddress else { return }
                let first = unsafe x + view.offset
                unsafe sisa_rms_norm_forward(
                    view.rows, view.columns, first, view.rowStride, nil, weight, norm.epsilon, first,
                    view.rowStride, nil)
            }
        }
    }

    /// Turns the gradient of an RMS norm's result into that of its argument, in place; x and rrms are as the forward
    /// pass left them.
    package static func rmsNormBackward(
        gradient: inout [Float], _ view: MatrixView, _ x: [Float], _ argument: MatrixView, _ norm: RMSNorm,
        rrms: [Float], at: Int = 0
    ) {
        check(view, gradient.count, norm)
        check(argument, x.count, norm)
        precondition(argument.rows == view.rows && at >= 0 && at + view.rows <= rrms.count)
        unsafe gradient.withUnsafeMutableBufferPointer { gradient in
            unsafe withPointers(x, rrms) { x, rrms in
                unsafe norm.weight.withUnsafeBufferPointer { weight in
                    guard let g = gradient.baseAddress, let weight = weight.baseAddress else { return }
                    let first = unsafe g + view.offset
                    unsafe sisa_rms_norm_backward(
                        view.rows, view.columns, first, view.rowStride, x + argument.offset, argument.rowStride,
                        rrms + at, weight, first, view.rowStride)
                }
            }
        }
    }

    private static func check(_ view: MatrixView, _ count: Int, _ norm: RMSNorm) {
        view.check(count: count)
        precondition(view.columnStride == 1 && norm.weight.count == view.columns, "a norm has another width")
    }
}

private func withPointers(
    _ a: inout [Float], _ b: inout [Float], _ c: inout [Float],
    _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
) {
    unsafe a.withUnsafeMutableBufferPointer { a in
        unsafe b.withUnsafeMutableBufferPointer { b in
            unsafe c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                unsafe body(a, b, c)
            }
        }
    }
}
