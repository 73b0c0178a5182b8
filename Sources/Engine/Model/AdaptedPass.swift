/// One worker's buffers for the adapted layers and the head: forward, and backward to the adapter's parameters.
final class AdaptedPass {
    private let network: Network
    private(set) var chunk = Chunk(lengths: [], heads: 1)
    private(set) var layers: [LayerBuffers]
    private(set) var head = HeadBuffers()
    private var input: [Float] = []  // (tokens, hidden): features of the chunk
    private var shared = LayerBuffers()  // what only the layer at work needs, decoders only

    init(_ network: Network) {
        self.network = network
        layers = (network.layout.firstLayer..<network.backbone.layers.count).map { _ in LayerBuffers() }
    }

    /// features of a chunk's records -> the last layer's result and, for a classification, `head.logits`.
    func forward(_ features: ArraySlice<Features>, _ adapter: AdapterPanels) {
        let hidden = network.hidden
        chunk = Chunk(lengths: features.map(\.rows), heads: network.heads)
        input.grow(to: chunk.tokens * hidden)
        for (record, segment) in chunk.segments.enumerated() {
            features[features.startIndex + record].copy(into: &input, at: segment.start * hidden)
        }
        let rank = network.layout.specification.lora?.rank ?? 0
        for index in layers.indices {
            let layer = network.layout.firstLayer + index
            exchange(index)
            defer { exchange(index) }
            layers[index].reserve(chunk, network.sizes, rank: rank, backward: true)
            let below = index == 0 ? input : layers[index - 1].result
            network.backbone.layers[layer].forward(
                chunk, below, &layers[index], LayerAdapter(panels: adapter, layer: layer))
        }
        guard case .classifier(let classifier) = network.head else { return }
        classifier.forward(chunk, layers.last?.result ?? input, arePooled: layers.isEmpty, adapter, &head)
    }

    /// The gradient of the logits travels down to the LoRA products of layer `bottom`.
    ///
    /// `loss` turns the chunk's logits (records, labels) into their gradient, in place, and returns each record's loss,
    /// which is handed on.
    func backward(_ adapter: AdapterPanels, to bottom: Int, loss: (inout [Float]) -> [Float]) -> [Float] {
        let count = chunk.segments.count * network.layout.specification.labels
        head.dLogits.grow(to: count)
        head.dLogits.replaceFirst(count, with: head.logits)
        let losses = loss(&head.dLogits)
        guard let top = layers.indices.last else { return losses }
        network.classifier.backward(chunk, adapter, &head, into: &layers[top].dOutputSum)
        descend(adapter, to: bottom)
        return losses
    }

    /// The gradient of the loss of a chunk's tokens travels down to the LoRA products of layer `bottom`.
    ///
    /// `scored`: for each record the rows whose next token is scored. Returns each record's share of the loss. The
    /// buffers are one thread's, whatever pass it is at.
    func backward(
        _ adapter: AdapterPanels, to bottom: Int, scored: ArraySlice<[LanguageHead.ScoredRow]>,
        _ buffers: inout LanguageBuffers
    ) -> [Float] {
        let top = layers.count - 1
        let rows = zip(scored, chunk.segments).flatMap { rows, segment in
            rows.map { LanguageHead.ScoredRow(row: segment.start + $0.row, target: $0.target, share: $0.share) }
        }
        let losses = network.language.backward(
            rows, layers[top].result, &buffers, into: &layers[top].dOutputSum, tokens: chunk.tokens)
        descend(adapter, to: bottom)
        var start = 0
        return scored.map { rows in
            defer { start += rows.count }
            return losses[start..<start + rows.count].reduce(0, +)
        }
    }

    /// From the gradient of the top layer's result, in its `dOutputSum`, to the LoRA products of layer `bottom`.
    private func descend(_ adapter: AdapterPanels, to bottom: Int) {
        let lowest = bottom - network.layout.firstLayer
        for index in layers.indices.reversed() where index >= lowest {
            let layer = network.layout.firstLayer + index
            var below = index == 0 ? [] : layers[index - 1].dOutputSum
            if index > 0 { layers[index - 1].dOutputSum = [] }
            exchange(index)
            defer { exchange(index) }
            network.backbone.layers[layer].backward(
                chunk, index == 0 ? input : layers[index - 1].result, &layers[index],
                LayerAdapter(panels: adapter, layer: layer), needsInput: index > lowest, dInput: &below)
            if index > 0 { layers[index - 1].dOutputSum = below }
        }
    }

    /// Takes the shared buffers for a layer, or gives them back.
    private func exchange(_ index: Int) {
        guard network.sizes.isDecoder else { return }
        let layer = network.layout.firstLayer + index
        layers[index].exchange(with: &shared) { network.layout.module(layer: layer, $0) != nil }
    }

    /// The two operands of an adapted matrix's weight gradients, and the products between its A and B.
    func operands(of module: AdapterLayout.AdaptedModule) -> (LoRAOperands, LoRAProducts) {
        let index = module.layer - network.layout.firstLayer
        let operands = network.backbone.layers[module.layer].operands(
            of: module.module, rows: chunk.tokens, input: index == 0 ? input : layers[index - 1].result, layers[index])
        return (operands, layers[index].lora[module.module.index])
    }
}
