/// The activations of one layer for one chunk, and their gradients. Allocated once per worker, grown when a chunk is
/// larger.
struct LayerBuffers {
    // Forward.
    var queryKeyValue: [Float] = []  // (tokens, projections)
    var probabilities: [Float] = []  // per record (heads, length, length)
    var context: [Float] = []  // (tokens, query)
    var attentionSum: [Float] = []  // (tokens, hidden) before the norm
    var attentionMean: [Float] = []  // (tokens)
    var attentionRstd: [Float] = []  // (tokens)
    var attended: [Float] = []  // (tokens, hidden)
    var intermediate: [Float] = []  // (tokens, widened) before the activation
    var activated: [Float] = []  // (tokens, intermediate)
    var outputSum: [Float] = []  // (tokens, hidden) before the norm
    var outputMean: [Float] = []  // (tokens)
    var outputRstd: [Float] = []  // (tokens)
    var result: [Float] = []  // (tokens, hidden)

    // Forward, decoders only.
    var copy: [Float] = []  // (tokens, hidden)
    var inputNormed: [Float] = []  // (tokens, hidden)
    var inputStatistics = DecoderNorm.Statistics()
    var attentionStatistics = DecoderNorm.Statistics()
    var unnormed: [Float] = []  // (tokens, projections)
    var headInverse: [Float] = []  // (heads, tokens)

    // Backward.
    var dQueryKeyValue: [Float] = []  // (tokens, projections)
    var dProbabilities: [Float] = []  // (longest, longest): one head at a time
    var dContext: [Float] = []  // (tokens, query)
    var dAttentionSum: [Float] = []  // (tokens, hidden)
    var dIntermediate: [Float] = []  // (tokens, widened)
    var dActivated: [Float] = []  // (tokens, intermediate), decoders only
    var dOutputSum: [Float] = []  // (tokens, hidden)

    /// One entry a target module.
    var lora = [LoRAProducts](repeating: LoRAProducts(), count: TargetModule.allCases.count)

    // Attention's right-hand sides: they change with every head.
    var firstPanels = Panels()
    var secondPanels = Panels()
    var thirdPanels = Panels()

    /// Makes room for a chunk.
    mutating func reserve(_ chunk: Chunk, _ sizes: LayerSizes, rank: Int, backward: Bool) {
        reserve(tokens: chunk.tokens, sizes, rank: rank, backward: backward)
        probabilities.grow(to: chunk.probabilities)
        guard backward else { return }
        let longest = chunk.segments.map(\.length).max() ?? 0
        dProbabilities.grow(to: longest * longest)
    }

    /// Makes room for rows, but for attention.
    mutating func reserve(tokens: Int, _ sizes: LayerSizes, rank: Int, backward: Bool) {
        let hidden = sizes.hidden
        queryKeyValue.grow(to: tokens * sizes.projections)
        context.grow(to: tokens * sizes.query)
        attentionSum.grow(to: tokens * hidden)
        attentionMean.grow(to: tokens)
        attentionRstd.grow(to: tokens)
        attended.grow(to: tokens * hidden)
        intermediate.grow(to: tokens * sizes.widened)
        activated.grow(to: tokens * sizes.intermediate)
        outputSum.grow(to: tokens * hidden)
        outputMean.grow(to: tokens)
        outputRstd.grow(to: tokens)
        result.grow(to: tokens * hidden)
        for module in sizes.modules {
            lora[module.index].lowRank.grow(to: tokens * rank)
            if backward { lora[module.index].dLowRank.grow(to: tokens * rank) }
        }
        if sizes.isDecoder {
            copy.grow(to: tokens * hidden)
            inputNormed.grow(to: tokens * hidden)
        }
        guard backward else { return }
        dQueryKeyValue.grow(to: tokens * sizes.projections)
        dContext.grow(to: tokens * sizes.query)
        dAttentionSum.grow(to: tokens * hidden)
        dIntermediate.grow(to: tokens * sizes.widened)
        dOutputSum.grow(to: tokens * hidden)
        if sizes.isDecoder { dActivated.grow(to: tokens * sizes.intermediate) }
    }
}

extension LayerBuffers {
    /// Exchanges what a layer needs only while it is at work with buffers that all layers of a pass use one after
    /// another; called again, it gives them back. `adapts`: matrices whose gradients are made later of what stays.
    mutating func exchange(with shared: inout LayerBuffers, adapts: (TargetModule) -> Bool) {
        swap(&copy, &shared.copy)
        swap(&dProbabilities, &shared.dProbabilities)
        swap(&dContext, &shared.dContext)
        swap(&dActivated, &shared.dActivated)
        swap(&firstPanels, &shared.firstPanels)
        swap(&secondPanels, &shared.secondPanels)
        swap(&thirdPanels, &shared.thirdPanels)
        if !adapts(.outputProjection), !adapts(.fusedAttentionOutput) {
            swap(&context, &shared.context)
            swap(&dAttentionSum, &shared.dAttentionSum)
        }
        if !adapts(.gateProjection), !adapts(.upProjection), !adapts(.feedForward) {
            swap(&attended, &shared.attended)
            swap(&dIntermediate, &shared.dIntermediate)
        }
        if !adapts(.downProjection), !adapts(.feedForwardOutput) { swap(&activated, &shared.activated) }
    }
}

/// How wide the buffers of a backbone's layers are.
struct LayerSizes: Sendable {
    let hidden: Int
    /// Query, key and value side by side.
    let projections: Int
    let query: Int
    /// What the first product of the feed-forward block gives.
    let widened: Int
    /// What the second one reads.
    let intermediate: Int
    let isDecoder: Bool
    /// The matrices that LoRA may adapt.
    let modules: [TargetModule]

    init(_ backbone: BackboneConfiguration) {
        hidden = backbone.hiddenSize
        query = backbone.queryWidth
        projections = query + 2 * backbone.keyValueWidth
        intermediate = backbone.intermediateSize
        modules = TargetModule.all(of: backbone.modelType)
        if case .decoder = backbone.family { isDecoder = true } else { isDecoder = false }
        widened = modules.contains(.gateProjection) ? 2 * intermediate : intermediate
    }
}

extension [Float] {
    /// Makes the buffer at least `count` long; what it held is lost.
    mutating func grow(to count: Int) {
        if self.count < count { self = [Float](repeating: 0, count: count) }
    }

    /// Copies the first `count` elements of another buffer over the first of this one.
    mutating func replaceFirst(_ count: Int, with other: [Float]) {
        precondition(count <= self.count && count <= other.count)
        unsafe other.withUnsafeBufferPointer { from in
            unsafe withUnsafeMutableBufferPointer { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                unsafe to.update(from: from, count: count)
            }
        }
    }
}
