internal import CKernels

/// The loops of attention in which a token looks at itself and those before it.
package enum CausalAttention {
    /// Row r of `view` becomes softmax(scale * row) over its first `first + r + 1` columns, and +0 after them.
    package static func softmax(_ values: inout [Float], _ view: MatrixView, first: Int = 0, scale: Float) {
        view.check(count: values.count)
        precondition(first >= 0)
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_causal_softmax_forward(
                view.rows, view.columns, view.rowStride, first, scale, base + view.offset)
        }
    }

    /// Turns the gradient of `softmax` into that of its argument, in place; `probabilities`, from `offset` on, are the
    /// forward pass's result.
    package static func softmaxBackward(
        probabilities: [Float], at offset: Int, gradient: inout [Float], _ view: MatrixView, first: Int = 0,
        scale: Float
    ) {
        view.check(count: gradient.count)
        precondition(first >= 0)
        MatrixView(offset: offset, rows: view.rows, columns: view.columns, rowStride: view.rowStride)
            .check(count: probabilities.count)
        unsafe probabilities.withUnsafeBufferPointer { p in
            unsafe gradient.withUnsafeMutableBufferPointer { g in
                guard let from = p.baseAddress, let to = g.baseAddress else { return }
                unsafe sisa_causal_softmax_backward(
                    view.rows, view.columns, view.rowStride, first, scale, from + offset, to + view.offset)
            }
        }
    }

    /// Ends a product of probabilities and values: adds +0, so that no zero's sign tells how many probabilities of +0
    /// followed the last key. With it the product has the bits of `attend`.
    package static func finish(_ context: inout [Float], _ view: MatrixView) {
        view.check(count: context.count)
        unsafe context.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_add_zero(view.rows, view.columns, view.rowStride, base + view.offset)
        }
    }

    /// One head's query over the keys and values so far: softmax(scale * q K^T) V, with the bits of the full pass.
    ///
    /// `keys` shows K transposed, (headSize, keys), with its columns side by side; `values` shows V, (keys, headSize).
    /// `query` and `context` are where the head's vector begins in its buffer. `scores` is room for a number a key.
    package static func attend(
        _ query: [Float], at queryOffset: Int, _ keyCache: [Float], _ keys: MatrixView, _ valueCache: [Float],
        _ values: MatrixView, scale: Float, scores: inout [Float], into context: inout [Float], at offset: Int
    ) {
        keys.check(count: keyCache.count)
        values.check(count: valueCache.count)
        let (count, headSize) = (keys.columns, keys.rows)
        precondition(
            count > 0 && headSize > 0 && values.rows == count && values.columns == headSize && keys.columnStride == 1
                && values.columnStride == 1, "keys and values have different shapes")
        precondition(queryOffset >= 0 && queryOffset + headSize <= query.count && count <= scores.count)
        precondition(offset >= 0 && offset + headSize <= context.count)
        unsafe query.withUnsafeBufferPointer { query in
            unsafe keyCache.withUnsafeBufferPointer { k in
                unsafe valueCache.withUnsafeBufferPointer { v in
                    unsafe scores.withUnsafeMutableBufferPointer { scores in
                        unsafe context.withUnsafeMutableBufferPointer { context in
                            guard let q = query.baseAddress, let k = k.baseAddress, let v = v.baseAddress,
                                let room = scores.baseAddress, let out = context.baseAddress
                            else { return }
                            unsafe sisa_attend(
                                count, headSize, q + queryOffset, k + keys.offset, keys.rowStride,
                                v + values.offset, values.rowStride, scale, room, out + offset)
                        }
                    }
                }
            }
        }
    }
}
