/// The heads of all shards as the columns of one matrix: what they read is the same, so they are one product.
struct SideBySideHeads: Sendable {
    let shards: Int
    let weights: PackedMatrix  // (hidden, shards * labels)
    let bias: [Float]  // (shards * labels)

    init(_ layout: AdapterLayout, _ states: [AdapterState]) {
        shards = states.count
        var rows: [Float] = []
        var bias: [Float] = []
        rows.reserveCapacity(shards * layout.headWeight.count)
        for state in states {
            rows += state.values[layout.headWeight]
            bias += state.values[layout.headBias]
        }
        weights = PackedMatrix(rows, Window(rows: bias.count, columns: layout.hidden).transposed)
        self.bias = bias
    }
}
