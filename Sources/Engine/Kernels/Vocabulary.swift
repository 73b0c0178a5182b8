internal import CKernels

/// Functions of rows as wide as a vocabulary: scores of all tokens that may come next.
package enum Vocabulary {
    /// Rows of `view` become the logarithms of their softmax.
    package static func logSoftmax(_ scores: inout [Float], _ view: MatrixView) {
        view.check(count: scores.count)
        unsafe scores.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_log_softmax(view.rows, view.columns, view.rowStride, base + view.offset)
        }
    }

    /// The loss -log p(target) of a row of `columns` scores at `offset`, which becomes the loss's gradient times
    /// `share`.
    package static func crossEntropy(
        _ scores: inout [Float], at offset: Int, columns: Int, target: Int, share: Float
    ) -> Float {
        precondition(offset >= 0 && (0..<columns).contains(target) && offset + columns <= scores.count)
        return unsafe scores.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return 0 }
            return unsafe sisa_cross_entropy(columns, target, share, base + offset)
        }
    }
}
