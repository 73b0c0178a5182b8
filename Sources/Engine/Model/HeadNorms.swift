/// The norms of query and key, head by head, that Qwen3 has before they are turned.
struct HeadNorms: Sendable {
    let query: RMSNorm
    let key: RMSNorm

    /// Norms the heads in `buffers.queryKeyValue`; keeps what they were.
    func forward(rows: Int, _ attention: CausalSelfAttention, _ buffers: inout LayerBuffers) {
        buffers.unnormed.grow(to: rows * attention.width)
        buffers.unnormed.replaceFirst(rows * attention.width, with: buffers.queryKeyValue)
        buffers.headInverse.grow(to: rows * (attention.heads + attention.keyValueHeads))
        for (head, norm) in heads(attention) {
            let view = view(head, rows: rows, attention)
            Rows.rmsNorm(
                &buffers.unnormed, view, norm, into: &buffers.queryKeyValue, view, rrms: &buffers.headInverse,
                at: head * rows)
        }
    }

    /// Turns the gradient in `buffers.dQueryKeyValue` into that of the heads before they were normed.
    func backward(rows: Int, _ attention: CausalSelfAttention, _ buffers: inout LayerBuffers) {
        for (head, norm) in heads(attention) {
            let view = view(head, rows: rows, attention)
            Rows.rmsNormBackward(
                gradient: &buffers.dQueryKeyValue, view, buffers.unnormed, view, norm, rrms: buffers.headInverse,
                at: head * rows)
        }
    }

    private func heads(_ attention: CausalSelfAttention) -> [(Int, RMSNorm)] {
        (0..<attention.heads).map { ($0, query) } + (0..<attention.keyValueHeads).map { (attention.heads + $0, key) }
    }

    private func view(_ head: Int, rows: Int, _ attention: CausalSelfAttention) -> MatrixView {
        MatrixView(
            offset: head * attention.headSize, rows: rows, columns: attention.headSize, rowStride: attention.width)
    }
}
