internal import CKernels

/// Where the chains of a matrix product start.
package enum AccumulatorStart {
    case zero
    /// At the stored values of the result: the product is accumulated.
    case stored
    /// At a bias, one value a column.
    case bias([Float])
}

/// C = A B, each element one chain of fused multiply-adds over ascending depth (docs/numerics.md).
///
/// Shapes: A (m, k), B (k, n), C (m, n). The bits of a row of C depend on that row of A, on B and on the row's start
/// only. The members of `pool` share the columns of C among them.
package func multiply(
    _ a: [Float], _ aView: MatrixView, _ b: Panels, into c: inout [Float], _ cView: MatrixView,
    start: AccumulatorStart = .zero, _ pool: ThreadPool? = nil
) {
    aView.check(count: a.count)
    cView.check(count: c.count)
    precondition(aView.columns == b.rows, "the inner sizes of a matrix product differ")
    precondition(
        aView.rows == cView.rows && b.columns == cView.columns && cView.columnStride == 1,
        "the result of a matrix product has another shape")
    guard cView.rows > 0, cView.columns > 0 else { return }
    unsafe c.withUnsafeMutableBufferPointer { c in
        guard let to = c.baseAddress else { return }
        let result = unsafe to + cView.offset
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withPanels { panels in
                guard let from = a.baseAddress else { return }
                let run = { (start: Int, bias: UnsafePointer<Float>?) in
                    let part = { (columns: Range<Int>) in
                        let first = unsafe panels + b.offset(ofColumn: columns.lowerBound)
                        let bias = unsafe bias.map { unsafe $0 + columns.lowerBound }
                        if let kind = b.compact {
                            unsafe sisa_gemm_compact(
                                kind.code, aView.rows, columns.count, b.rows, from + aView.offset, aView.rowStride,
                                aView.columnStride, first.assumingMemoryBound(to: UInt8.self),
                                result + columns.lowerBound, cView.rowStride, Int32(start), bias)
                        } else {
                            unsafe sisa_gemm(
                                aView.rows, columns.count, b.rows, from + aView.offset, aView.rowStride,
                                aView.columnStride, first.assumingMemoryBound(to: Float.self),
                                result + columns.lowerBound, cView.rowStride, Int32(start), bias)
                        }
                    }
                    guard let pool, pool.size > 1 else { return part(0..<b.columns) }
                    // Whole panels: no two members write the same column.
                    let (width, all) = (Int(SISA_PANEL), (b.columns + Int(SISA_PANEL) - 1) / Int(SISA_PANEL))
                    pool.run { member in
                        let first = all * member / pool.size * width
                        let last = min(all * (member + 1) / pool.size * width, b.columns)
                        if first < last { part(first..<last) }
                    }
                }
                switch start {
                case .zero: run(Int(SISA_START_ZERO), nil)
                case .stored: run(Int(SISA_START_STORED), nil)
                case .bias(let bias):
                    precondition(bias.count == b.columns, "a bias has another length than its matrix has columns")
                    unsafe bias.withUnsafeBufferPointer {
                        unsafe run(Int(SISA_START_BIAS), $0.baseAddress)
                    }
                }
            }
        }
    }
}
