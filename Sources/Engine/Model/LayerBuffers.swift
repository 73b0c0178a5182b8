/// The activations of one layer for one chunk, and their gradients. Allocated once per worker, grown when a chunk is
/// larger.
struct LayerBuffers {
    // Forward.
    var queryKeyValue: [Float] = []  // (tokens, 3 hidden)
    var probabilities: [Float] = []  // per record (heads, length, length)
    var context: [Float] = []  // (tokens, hidden)
    var attentionSum: [Float] = []  // (tokens, hidden) before the norm
    var attentionMean: [Float] = []  // (tokens)
    var attentionRstd: [Float] = []  // (tokens)
    var attended: [Float] = []  // (tokens, hidden)
    var intermediate: [Float] = []  // (tokens, intermediate) before the activation
    var activated: [Float] = []  // (tokens, intermediate)
    var outputSum: [Float] = []  // (tokens, hidden) before the norm
    var outputMean: [Float] = []  // (tokens)
    var outputRstd: [Float] = []  // (tokens)
    var result: [Float] = []  // (tokens, hidden)

    // Backward.
    var dQueryKeyValue: [Float] = []  // (tokens, 3 hidden)
    var dProbabilities: [Float] = []  // (longest, longest): one head at a time
    var dContext: [Float] = []  // (tokens, hidden)
    var dAttentionSum: [Float] = []  // (tokens, hidden)
    var dIntermediate: [Float] = []  // (tokens, intermediate)
    var dOutputSum: [Float] = []  // (tokens, hidden)

    /// One entry a target module.
    var lora = [LoRAProducts](repeating: LoRAProducts(), count: TargetModule.allCases.count)

    // Attention's right-hand sides: they change with every head.
    var firstPanels = Panels()
    var secondPanels = Panels()

    /// Makes room for a chunk.
    mutating func reserve(_ chunk: Chunk, hidden: Int, intermediateSize: Int, rank: Int, backward: Bool) {
        let tokens = chunk.tokens
        queryKeyValue.grow(to: tokens * 3 * hidden)
        probabilities.grow(to: chunk.probabilities)
        context.grow(to: tokens * hidden)
        attentionSum.grow(to: tokens * hidden)
        attentionMean.grow(to: tokens)
        attentionRstd.grow(to: tokens)
        attended.grow(to: tokens * hidden)
        intermediate.grow(to: tokens * intermediateSize)
        activated.grow(to: tokens * intermediateSize)
        outputSum.grow(to: tokens * hidden)
        outputMean.grow(to: tokens)
        outputRstd.grow(to: tokens)
        result.grow(to: tokens * hidden)
        for index in lora.indices {
            lora[index].lowRank.grow(to: tokens * rank)
            if backward { lora[index].dLowRank.grow(to: tokens * rank) }
        }
        guard backward else { return }
        let longest = chunk.segments.map(\.length).max() ?? 0
        dQueryKeyValue.grow(to: tokens * 3 * hidden)
        dProbabilities.grow(to: longest * longest)
        dContext.grow(to: tokens * hidden)
        dAttentionSum.grow(to: tokens * hidden)
        dIntermediate.grow(to: tokens * intermediateSize)
        dOutputSum.grow(to: tokens * hidden)
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
