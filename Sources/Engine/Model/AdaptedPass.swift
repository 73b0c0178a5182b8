/// One worker's buffers for the adapted layers and the head: forward, and backward to the adapter's parameters.
final class AdaptedPass {
    private let network: Network
    private(set) var chunk = Chunk(lengths: [], heads: 1)
    private(set) var layers: [LayerBuffers]
    private(set) var input: [Float] = []  // (tokens, hidden): features of the chunk
    private(set) var pooled: [Float] = []  // (records, hidden)
    private(set) var logits: [Float] = []  // (records, labels)
    private(set) var dLogits: [Float] = []  // (records, labels)
    private var dPooled: [Float] = []  // (records, hidden)

    init(_ network: Network) {
        self.network = network
        layers = (network.layout.firstLayer..<network.backbone.layers.count).map { _ in LayerBuffers() }
    }

    private var labels: Int { network.layout.specification.labels }
    private var records: Int { chunk.segments.count }

    /// features of a chunk's records -> `logits`.
    func forward(_ features: ArraySlice<Features>, _ adapter: PackedAdapter) {
        let hidden = network.hidden
        chunk = Chunk(lengths: features.map(\.rows), heads: network.heads)
        input.grow(to: chunk.tokens * hidden)
        pooled.grow(to: records * hidden)
        logits.grow(to: records * labels)
        for (record, segment) in chunk.segments.enumerated() {
            features[features.startIndex + record].copy(into: &input, at: segment.start * hidden)
        }
        if layers.isEmpty {
            pooled.replaceFirst(records * hidden, with: input)
        } else {
            let rank = network.layout.specification.lora?.rank ?? 0
            let inner = network.backbone.configuration.intermediateSize
            for index in layers.indices {
                layers[index].reserve(chunk, hidden: hidden, inner: inner, rank: rank, backward: true)
                let layer = network.layout.firstLayer + index
                let below = index == 0 ? input : layers[index - 1].result
                network.backbone.layers[layer].forward(
                    chunk, below, &layers[index], LayerAdapter(packed: adapter, layer: layer))
            }
            network.pooler.forward(chunk, layers[layers.count - 1].result, into: &pooled)
        }
        multiply(
            pooled, Window(rows: records, columns: hidden), adapter.head, into: &logits,
            Window(rows: records, columns: labels), start: .bias(adapter.headBias))
    }

    /// Loss and its gradient, down to the LoRA products of layer `bottom`. `share` is 1 over the records of the whole batch.
    ///
    /// Returns the chunk's losses, record by record: cross-entropy, -log softmax(logits)[target].
    func backward(targets: ArraySlice<Int>, share: Float, _ adapter: PackedAdapter, to bottom: Int) -> [Float] {
        let hidden = network.hidden
        dLogits.grow(to: records * labels)
        dLogits.replaceFirst(records * labels, with: logits)
        let losses = CrossEntropy.backward(&dLogits, labels: labels, targets: targets, share: share)
        guard let top = layers.indices.last else { return losses }
        dPooled.grow(to: records * hidden)
        multiply(
            dLogits, Window(rows: records, columns: labels), adapter.headBackward, into: &dPooled,
            Window(rows: records, columns: hidden))
        network.pooler.backward(chunk, pooled: pooled, dPooled, into: &layers[top].dOutputSum)
        let lowest = bottom - network.layout.firstLayer
        for index in layers.indices.reversed() where index >= lowest {
            let layer = network.layout.firstLayer + index
            var below = index == 0 ? [] : layers[index - 1].dOutputSum
            if index > 0 { layers[index - 1].dOutputSum = [] }
            network.backbone.layers[layer].backward(
                chunk, &layers[index], LayerAdapter(packed: adapter, layer: layer), needsInput: index > lowest,
                dInput: &below)
            if index > 0 { layers[index - 1].dOutputSum = below }
        }
        return losses
    }

    /// What an adapted matrix read, and the gradient of what it gave: the two sides of its weight gradients.
    func sides(of slot: AdapterLayout.Slot) -> (
        input: [Float], products: LoRAProducts, gradient: [Float], window: Window
    ) {
        let index = slot.layer - network.layout.firstLayer
        let buffers = layers[index]
        let products = buffers.lora[slot.module.index]
        let rows = chunk.tokens
        let dense = Window(rows: rows, columns: slot.outputs)
        switch slot.module {
        case .query, .key, .value:
            let window = Window(
                offset: slot.module.index * slot.outputs, rows: rows, columns: slot.outputs,
                rowStride: 3 * slot.outputs)
            return (
                index == 0 ? input : layers[index - 1].result, products, buffers.dQueryKeyValue, window
            )
        case .attentionOutput: return (buffers.context, products, buffers.dAttentionSum, dense)
        case .intermediate: return (buffers.attended, products, buffers.dInner, dense)
        case .output: return (buffers.activated, products, buffers.dOutputSum, dense)
        }
    }
}
