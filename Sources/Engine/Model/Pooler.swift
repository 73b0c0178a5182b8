/// From the last layer's token vectors to one vector a record, and back.
struct Pooler {
    let pooling: Pooling
    let hidden: Int
    let dense: FrozenLinear?

    /// hidden states (tokens, hidden) -> pooled (records, hidden).
    func forward(_ chunk: Chunk, _ states: [Float], into pooled: inout [Float]) {
        for (record, segment) in chunk.segments.enumerated() {
            let rows = pooling == .mean ? segment.length : 1
            Rows.mean(
                states, MatrixView(offset: segment.start * hidden, rows: rows, columns: hidden), into: &pooled,
                at: record * hidden)
        }
        guard pooling == .pooler, let dense else { return }
        let count = chunk.segments.count * hidden
        var result = [Float](repeating: 0, count: count)
        dense.forward(rows: chunk.segments.count, pooled, into: &result)
        Elementwise.tanh(&result)
        pooled.replaceFirst(count, with: result)
    }

    /// Gradient of pooled (records, hidden) -> gradient of the hidden states (tokens, hidden).
    func backward(_ chunk: Chunk, pooled: [Float], _ dPooled: [Float], into dStates: inout [Float]) {
        var gradient = dPooled
        if pooling == .pooler, let dense {
            for index in 0..<chunk.segments.count * hidden {
                gradient[index] = gradient[index] * (1 - pooled[index] * pooled[index])
            }
            let outer = gradient
            dense.backward(rows: chunk.segments.count, outer, into: &gradient)
        }
        for (record, segment) in chunk.segments.enumerated() {
            let share = pooling == .mean ? 1 / Float(segment.length) : 1
            for row in 0..<segment.length {
                let target = (segment.start + row) * hidden
                let reached = pooling == .mean || row == 0
                for c in 0..<hidden {
                    dStates[target + c] = reached ? gradient[record * hidden + c] * share : 0
                }
            }
        }
    }
}
