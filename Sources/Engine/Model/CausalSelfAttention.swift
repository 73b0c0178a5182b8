/// Attention within each record in which a token looks at itself and at those before it: softmax(Q K^T / sqrt(d)) V.
///
/// Several heads of the query share a head of key and value (GQA, Ainslie et al. 2023). Query, key and value lie side
/// by side in one buffer, (tokens, query + 2 key).
struct CausalSelfAttention: Sendable {
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    let scale: Float

    init(heads: Int, keyValueHeads: Int, headSize: Int) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headSize = headSize
        scale = 1 / Float(headSize).squareRoot()
    }

    var query: Int { heads * headSize }
    var keyValue: Int { keyValueHeads * headSize }
    var width: Int { query + 2 * keyValue }
    /// Heads of the query that share one of key and value.
    var group: Int { heads / keyValueHeads }

    /// One head's columns of one record's rows, in a buffer whose rows are `stride` long.
    private func view(_ segment: Chunk.Segment, column: Int, stride: Int) -> MatrixView {
        MatrixView(
            offset: segment.start * stride + column, rows: segment.length, columns: headSize, rowStride: stride)
    }

    private func square(_ segment: Chunk.Segment, head: Int) -> MatrixView {
        let area = segment.length * segment.length
        return MatrixView(
            offset: segment.probabilities + head * area, rows: segment.length, columns: segment.length)
    }

    /// queryKeyValue -> probabilities, context (tokens, query).
    func forward(_ chunk: Chunk, _ buffers: inout LayerBuffers) {
        for segment in chunk.segments {
            for shared in 0..<keyValueHeads {
                let key = view(segment, column: query + shared * headSize, stride: width)
                let value = view(segment, column: query + keyValue + shared * headSize, stride: width)
                buffers.firstPanels.pack(buffers.queryKeyValue, key.transposed)
                buffers.secondPanels.pack(buffers.queryKeyValue, value)
                for head in shared * group..<(shared + 1) * group {
                    let probabilities = square(segment, head: head)
                    multiply(
                        buffers.queryKeyValue, view(segment, column: head * headSize, stride: width),
                        buffers.firstPanels, into: &buffers.probabilities, probabilities)
                    CausalAttention.softmax(&buffers.probabilities, probabilities, scale: scale)
                    multiply(
                        buffers.probabilities, probabilities, buffers.secondPanels, into: &buffers.context,
                        view(segment, column: head * headSize, stride: query))
                }
            }
        }
        CausalAttention.finish(&buffers.context, MatrixView(rows: chunk.tokens, columns: query))
    }

    /// dContext -> dQueryKeyValue. Of query and key only what is asked for; value always.
    func backward(_ chunk: Chunk, _ buffers: inout LayerBuffers, query needsQuery: Bool, key needsKey: Bool) {
        for segment in chunk.segments {
            let scores = MatrixView(rows: segment.length, columns: segment.length)
            for shared in 0..<keyValueHeads {
                let key = view(segment, column: query + shared * headSize, stride: width)
                let value = view(segment, column: query + keyValue + shared * headSize, stride: width)
                if needsQuery || needsKey {
                    buffers.secondPanels.pack(buffers.queryKeyValue, value.transposed)
                    if needsQuery { buffers.thirdPanels.pack(buffers.queryKeyValue, key) }
                }
                for head in shared * group..<(shared + 1) * group {
                    let start: AccumulatorStart = head == shared * group ? .zero : .stored
                    let probabilities = square(segment, head: head)
                    let context = view(segment, column: head * headSize, stride: query)
                    let query = view(segment, column: head * headSize, stride: width)
                    // dV += P^T dContext
                    buffers.firstPanels.pack(buffers.dContext, context)
                    multiply(
                        buffers.probabilities, probabilities.transposed, buffers.firstPanels,
                        into: &buffers.dQueryKeyValue, value, start: start)
                    guard needsQuery || needsKey else { continue }
                    // dP = dContext V^T, then through the softmax: dS
                    multiply(buffers.dContext, context, buffers.secondPanels, into: &buffers.dProbabilities, scores)
                    CausalAttention.softmaxBackward(
                        probabilities: buffers.probabilities, at: probabilities.offset,
                        gradient: &buffers.dProbabilities, scores, scale: scale)
                    if needsQuery {  // dQ = dS K
                        multiply(
                            buffers.dProbabilities, scores, buffers.thirdPanels, into: &buffers.dQueryKeyValue, query)
                    }
                    if needsKey {  // dK += dS^T Q
                        buffers.firstPanels.pack(buffers.queryKeyValue, query)
                        multiply(
                            buffers.dProbabilities, scores.transposed, buffers.firstPanels,
                            into: &buffers.dQueryKeyValue, key, start: start)
                    }
                }
            }
        }
    }
}
