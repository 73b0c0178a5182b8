/// One worker's buffers for inference: what several shards make of one chunk's features.
final class EnsemblePass {
    private let network: Network
    private var features: [Float] = []  // (tokens, hidden), of all shards
    // (tokens, 3 hidden): frozen query, key and value of the lowest adapted layer
    private var projections: [Float] = []
    private var input: [Float] = []  // (tokens, hidden), of the layer at work
    private var buffers = LayerBuffers()
    private var pooled: [Float] = []  // (records, hidden)
    private var result: [Float] = []  // (records, shards, labels)

    init(_ network: Network) {
        self.network = network
    }

    private var hidden: Int { network.hidden }
    private var labels: Int { network.layout.specification.labels }

    /// Pooled features -> (records, shards, labels).
    func probabilities(_ records: ArraySlice<Features>, _ heads: SideBySideHeads) -> [Float] {
        take(records, Chunk(lengths: records.map(\.rows), heads: network.heads))
        let columns = heads.shards * labels
        result.grow(to: records.count * columns)
        multiply(
            features, Window(rows: records.count, columns: hidden), heads.weights, into: &result,
            Window(rows: records.count, columns: columns), start: .bias(heads.bias))
        return softmax(rows: records.count * heads.shards)
    }

    /// Token features -> (records, adapters, labels).
    ///
    /// LoRA adds to the chains that the frozen projections of the lowest adapted layer began, and these are the same for all
    /// shards: they are computed once, and each shard goes on from a copy.
    func probabilities(_ records: ArraySlice<Features>, _ adapters: ArraySlice<PackedAdapter>) -> [Float] {
        let layout = network.layout
        let layers = network.backbone.layers
        let chunk = Chunk(lengths: records.map(\.rows), heads: network.heads)
        let (rows, width) = (chunk.tokens, chunk.tokens * hidden)
        take(records, chunk)
        buffers.reserve(
            chunk, hidden: hidden, inner: network.backbone.configuration.intermediateSize,
            rank: layout.specification.lora?.rank ?? 0, backward: false)
        projections.grow(to: 3 * width)
        input.grow(to: width)
        pooled.grow(to: records.count * hidden)
        result.grow(to: records.count * adapters.count * labels)
        layers[layout.firstLayer].queryKeyValue.forward(rows: rows, features, into: &projections)
        for (place, adapter) in adapters.enumerated() {
            if place == adapters.count - 1 {
                swap(&buffers.queryKeyValue, &projections)
            } else {
                buffers.queryKeyValue.replaceFirst(3 * width, with: projections)
            }
            layers[layout.firstLayer].forwardFromProjections(
                chunk, features, &buffers, LayerAdapter(packed: adapter, layer: layout.firstLayer))
            for layer in layout.firstLayer + 1..<layers.count {
                swap(&input, &buffers.result)
                layers[layer].forward(chunk, input, &buffers, LayerAdapter(packed: adapter, layer: layer))
            }
            network.pooler.forward(chunk, buffers.result, into: &pooled)
            multiply(
                pooled, Window(rows: records.count, columns: hidden), adapter.head, into: &result,
                Window(
                    offset: place * labels, rows: records.count, columns: labels,
                    rowStride: adapters.count * labels), start: .bias(adapter.headBias))
        }
        return softmax(rows: records.count * adapters.count)
    }

    private func take(_ records: ArraySlice<Features>, _ chunk: Chunk) {
        features.grow(to: chunk.tokens * hidden)
        for (record, segment) in zip(records, chunk.segments) {
            record.copy(into: &features, at: segment.start * hidden)
        }
    }

    private func softmax(rows: Int) -> [Float] {
        Rows.softmax(&result, Window(rows: rows, columns: labels), scale: 1)
        return Array(result.prefix(rows * labels))
    }
}
