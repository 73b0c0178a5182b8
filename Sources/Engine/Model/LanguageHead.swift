/// The frozen end of a causal model: the last norm, and the matrix that gives each token its logit.
///
/// There are logits at the rows that are scored and nowhere else, and of those a block at a time: a buffer of
/// (tokens, vocabulary) never exists.
struct LanguageHead: Sendable {
    let norm: DecoderNorm
    let output: FrozenLinear  // (hidden) to (vocabulary)

    init(_ source: WeightSource, _ decoder: BackboneConfiguration.Decoder, needsGradient: Bool) throws {
        let configuration = source.configuration
        let names = DecoderNames(configuration.modelType)
        norm = try source.decoderNorm(names.outputNorm, decoder, names)
        let name = decoder.isTied ? names.embedding : names.output
        output = FrozenLinear(
            [try source.storedTable(name + ".weight", [configuration.vocabularySize, configuration.hiddenSize])],
            bias: [Float](repeating: 0, count: configuration.vocabularySize), needsGradient: needsGradient)
    }

    /// Rows whose logits exist at the same time: as many as a product takes at once (BLOCK_ROWS in gemm.inc.h), because
    /// every block reads the whole matrix.
    static let blockRows = 144

    /// Blocks of nearly the same size: one of few rows takes as long as a full one.
    static func blocks(_ rows: Int) -> [Range<Int>] {
        let count = (rows + blockRows - 1) / blockRows
        return (0..<count).map { rows * $0 / count..<rows * ($0 + 1) / count }
    }

    /// A row whose next token is scored.
    struct ScoredRow {
        /// Its place in the chunk.
        let row: Int
        let target: Int32
        /// The factor of its loss.
        let share: Float
    }

    /// states (tokens, hidden) of the last layer -> the gradient of the loss with respect to them, and the share of the
    /// loss of each scored row.
    func backward(
        _ scored: [ScoredRow], _ states: [Float], _ buffers: inout LanguageBuffers, into dStates: inout [Float],
        tokens: Int
    ) -> [Float] {
        let (rows, hidden) = (scored.count, output.inputs)
        buffers.reserve(rows: rows, hidden: hidden, vocabulary: output.outputs)
        for (index, scored) in scored.enumerated() {
            buffers.states.replace(at: index * hidden, with: states, at: scored.row * hidden, count: hidden)
        }
        norm.forward(rows: rows, columns: hidden, &buffers.states, into: &buffers.normed, &buffers.statistics)
        var losses: [Float] = []
        losses.reserveCapacity(rows)
        for range in Self.blocks(rows) {
            let block = MatrixView(offset: range.lowerBound * hidden, rows: range.count, columns: hidden)
            output.forward(buffers.normed, block, into: &buffers.logits)
            for (row, scored) in scored[range].enumerated() {
                let loss = Vocabulary.crossEntropy(
                    &buffers.logits, at: row * output.outputs, columns: output.outputs, target: Int(scored.target),
                    share: scored.share)
                losses.append(scored.share * loss)
            }
            output.backward(buffers.logits, into: &buffers.dNormed, block)
        }
        norm.backward(rows: rows, columns: hidden, gradient: &buffers.dNormed, buffers.states, buffers.statistics)
        dStates.fillWithZeros(first: tokens * hidden)
        for (index, scored) in scored.enumerated() {
            dStates.replace(at: scored.row * hidden, with: buffers.dNormed, at: index * hidden, count: hidden)
        }
        return losses
    }

    /// buffers.states (rows, hidden) of the last layer -> log p of every token after each, (rows, vocabulary), in
    /// `buffers.logits`. Not more rows than `blockRows`.
    func logProbabilities(rows: Int, _ buffers: inout LanguageBuffers, _ pool: ThreadPool) {
        let hidden = output.inputs
        norm.forward(rows: rows, columns: hidden, &buffers.states, into: &buffers.normed, &buffers.statistics)
        output.forward(rows: rows, buffers.normed, into: &buffers.logits, pool)
        Vocabulary.logSoftmax(&buffers.logits, MatrixView(rows: rows, columns: output.outputs))
    }
}

/// What a language head computes for a chunk.
struct LanguageBuffers {
    var states: [Float] = []  // (scored rows, hidden)
    var normed: [Float] = []  // (scored rows, hidden)
    var dNormed: [Float] = []  // (scored rows, hidden)
    var logits: [Float] = []  // (block, vocabulary), then their gradients
    var statistics = DecoderNorm.Statistics()

    mutating func reserve(rows: Int, hidden: Int, vocabulary: Int) {
        states.grow(to: rows * hidden)
        normed.grow(to: rows * hidden)
        dNormed.grow(to: rows * hidden)
        logits.grow(to: min(rows, LanguageHead.blockRows) * vocabulary)
    }
}

extension [Float] {
    /// Copies `count` elements of another buffer, from a place on, to a place of this one.
    mutating func replace(at target: Int, with other: [Float], at source: Int, count: Int) {
        precondition(target >= 0 && target + count <= self.count && source >= 0 && source + count <= other.count)
        unsafe other.withUnsafeBufferPointer { from in
            unsafe withUnsafeMutableBufferPointer { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                unsafe (to + target).update(from: from + source, count: count)
            }
        }
    }

    /// Sets the first elements to zero.
    mutating func fillWithZeros(first count: Int) {
        precondition(count <= self.count)
        for index in 0..<count { self[index] = 0 }
    }
}
