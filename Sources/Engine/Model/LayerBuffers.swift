/// A x of one LoRA matrix pair, and its gradient.
struct LoRAProducts {
    var inner: [Float] = []  // (T, rank)
    var dInner: [Float] = []  // (T, rank)
}

/// The activations of one layer for one chunk, and their gradients. Allocated once per worker, grown when a chunk is larger.
struct LayerBuffers {
    // Forward. T tokens, H hidden, I intermediate size.
    var queryKeyValue: [Float] = []  // (T, 3H)
    var probabilities: [Float] = []  // per record (heads, length, length)
    var context: [Float] = []  // (T, H)
    var attentionSum: [Float] = []  // (T, H) before the norm
    var attentionMean: [Float] = []  // (T)
    var attentionDeviation: [Float] = []  // (T)
    var attended: [Float] = []  // (T, H)
    var inner: [Float] = []  // (T, I) before the activation
    var activated: [Float] = []  // (T, I)
    var outputSum: [Float] = []  // (T, H) before the norm
    var outputMean: [Float] = []  // (T)
    var outputDeviation: [Float] = []  // (T)
    var result: [Float] = []  // (T, H)

    // Backward.
    var dQueryKeyValue: [Float] = []  // (T, 3H)
    var dProbabilities: [Float] = []  // (longest, longest): one head at a time
    var dContext: [Float] = []  // (T, H)
    var dAttentionSum: [Float] = []  // (T, H)
    var dInner: [Float] = []  // (T, I)
    var dOutputSum: [Float] = []  // (T, H)

    /// One entry a target module.
    var lora = [LoRAProducts](repeating: LoRAProducts(), count: TargetModule.allCases.count)

    // Attention's right-hand sides: they change with every head.
    var firstPanels = PackedMatrix()
    var secondPanels = PackedMatrix()

    /// Makes room for a chunk.
    mutating func reserve(_ chunk: Chunk, hidden: Int, inner innerSize: Int, rank: Int, backward: Bool) {
        let tokens = chunk.tokens
        queryKeyValue.grow(to: tokens * 3 * hidden)
        probabilities.grow(to: chunk.probabilities)
        context.grow(to: tokens * hidden)
        attentionSum.grow(to: tokens * hidden)
        attentionMean.grow(to: tokens)
        attentionDeviation.grow(to: tokens)
        attended.grow(to: tokens * hidden)
        inner.grow(to: tokens * innerSize)
        activated.grow(to: tokens * innerSize)
        outputSum.grow(to: tokens * hidden)
        outputMean.grow(to: tokens)
        outputDeviation.grow(to: tokens)
        result.grow(to: tokens * hidden)
        for index in lora.indices {
            lora[index].inner.grow(to: tokens * rank)
            if backward { lora[index].dInner.grow(to: tokens * rank) }
        }
        guard backward else { return }
        let longest = chunk.segments.map(\.length).max() ?? 0
        dQueryKeyValue.grow(to: tokens * 3 * hidden)
        dProbabilities.grow(to: longest * longest)
        dContext.grow(to: tokens * hidden)
        dAttentionSum.grow(to: tokens * hidden)
        dInner.grow(to: tokens * innerSize)
        dOutputSum.grow(to: tokens * hidden)
    }
}

extension [Float] {
    /// Makes the buffer at least `count` long; what it held is lost.
    mutating func grow(to count: Int) {
        if self.count < count { self = [Float](repeating: 0, count: count) }
    }
}
