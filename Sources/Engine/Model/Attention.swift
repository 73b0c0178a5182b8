/// Multi-head self-attention within each record (Vaswani et al. 2017): softmax(Q K^T / sqrt(d)) V.
///
/// Records of a chunk do not see each other, and there is no padding to mask.
struct Attention: Sendable {
    let heads: Int
    let headSize: Int
    private let scale: Float

    init(heads: Int, hidden: Int) {
        self.heads = heads
        headSize = hidden / heads
        scale = 1 / Float(headSize).squareRoot()
    }

    private var hidden: Int { heads * headSize }

    /// One head's columns of one record's rows; `part` 0, 1, 2 for query, key, value in a (T, 3H) buffer.
    private func view(_ segment: Chunk.Segment, head: Int, part: Int, parts: Int) -> MatrixView {
        let stride = parts * hidden
        return MatrixView(
            offset: segment.start * stride + part * hidden + head * headSize, rows: segment.length,
            columns: headSize, rowStride: stride)
    }

    private func square(_ segment: Chunk.Segment, head: Int) -> MatrixView {
        let area = segment.length * segment.length
        return MatrixView(
            offset: segment.probabilities + head * area, rows: segment.length, columns: segment.length)
    }

    /// queryKeyValue -> probabilities, context.
    func forward(_ chunk: Chunk, _ buffers: inout LayerBuffers) {
        for segment in chunk.segments {
            for head in 0..<heads {
                let probabilities = square(segment, head: head)
                let query = view(segment, head: head, part: 0, parts: 3)
                let key = view(segment, head: head, part: 1, parts: 3)
                let value = view(segment, head: head, part: 2, parts: 3)
                buffers.firstPanels.pack(buffers.queryKeyValue, key.transposed)
                multiply(
                    buffers.queryKeyValue, query, buffers.firstPanels, into: &buffers.probabilities,
                    probabilities)
                Rows.softmax(&buffers.probabilities, probabilities, scale: scale)
                buffers.secondPanels.pack(buffers.queryKeyValue, value)
                multiply(
                    buffers.probabilities, probabilities, buffers.secondPanels, into: &buffers.context,
                    view(segment, head: head, part: 0, parts: 1))
            }
        }
    }

    /// dContext -> dQueryKeyValue. Of query and key only what is asked for; value always.
    func backward(_ chunk: Chunk, _ buffers: inout LayerBuffers, query needsQuery: Bool, key needsKey: Bool) {
        for segment in chunk.segments {
            for head in 0..<heads {
                let probabilities = square(segment, head: head)
                let query = view(segment, head: head, part: 0, parts: 3)
                let key = view(segment, head: head, part: 1, parts: 3)
                let value = view(segment, head: head, part: 2, parts: 3)
                let context = view(segment, head: head, part: 0, parts: 1)
                // dV = P^T dContext
                buffers.firstPanels.pack(buffers.dContext, context)
                multiply(
                    buffers.probabilities, probabilities.transposed, buffers.firstPanels,
                    into: &buffers.dQueryKeyValue, value)
                guard needsQuery || needsKey else { continue }
                // dP = dContext V^T, then through the softmax: dS
                let scores = MatrixView(rows: segment.length, columns: segment.length)
                buffers.secondPanels.pack(buffers.queryKeyValue, value.transposed)
                multiply(buffers.dContext, context, buffers.secondPanels, into: &buffers.dProbabilities, scores)
                Rows.softmaxBackward(
                    probabilities: buffers.probabilities, at: probabilities.offset,
                    gradient: &buffers.dProbabilities, scores, scale: scale)
                if needsQuery {  // dQ = dS K
                    buffers.firstPanels.pack(buffers.queryKeyValue, key)
                    multiply(
                        buffers.dProbabilities, scores, buffers.firstPanels, into: &buffers.dQueryKeyValue,
                        query)
                }
                if needsKey {  // dK = dS^T Q
                    buffers.secondPanels.pack(buffers.queryKeyValue, query)
                    multiply(
                        buffers.dProbabilities, scores.transposed, buffers.secondPanels,
                        into: &buffers.dQueryKeyValue, key)
                }
            }
        }
    }
}
