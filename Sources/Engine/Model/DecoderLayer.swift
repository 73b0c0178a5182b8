/// One frozen layer of a causal model: attention, then feed-forward, each of what a norm makes of its input, each added
/// to that input.
struct DecoderLayer: Sendable {
    let hidden: Int
    let attentionNorm: DecoderNorm
    /// Query, key and value side by side: (hidden) to (query + 2 key).
    let queryKeyValue: FrozenLinear
    /// The adapted matrices that `queryKeyValue` holds, each with its columns.
    let projections: [(module: TargetModule, columns: Range<Int>)]
    let headNorms: HeadNorms?
    let rotary: RotaryAngles?
    let attention: CausalSelfAttention
    let attentionOutput: FrozenLinear
    let attentionOutputModule: TargetModule
    let feedForwardNorm: DecoderNorm
    let feedForward: FeedForward

    /// input (tokens, hidden) -> buffers.result (tokens, hidden). Keeps in `buffers` what the backward pass needs.
    func forward(_ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?) {
        let rows = chunk.tokens
        let adapted = lora.map { [AdaptedRows(adapter: $0, rows: 0..<rows)] } ?? []
        project(rows: rows, positions: chunk.positions, input, &buffers, adapted)
        attention.forward(chunk, &buffers)
        finish(rows: rows, input, &buffers, adapted)
    }

    /// input (rows, hidden) -> buffers.queryKeyValue, each row's query and key turned to its position.
    func project(
        rows: Int, positions: [Int32], _ input: [Float], _ buffers: inout LayerBuffers, _ adapted: [AdaptedRows],
        _ pool: ThreadPool? = nil
    ) {
        buffers.copy.replaceFirst(rows * hidden, with: input)
        attentionNorm.forward(
            rows: rows, columns: hidden, &buffers.copy, into: &buffers.inputNormed, &buffers.inputStatistics)
        queryKeyValue.forward(rows: rows, buffers.inputNormed, into: &buffers.queryKeyValue, pool)
        for (module, columns) in projections {
            for part in adapted {
                part.adapter.forward(
                    module, rows: part.rows.count, buffers.inputNormed, from: part.rows.lowerBound,
                    into: &buffers.queryKeyValue, view(part.rows, columns), &buffers.lora)
            }
        }
        if let headNorms { headNorms.forward(rows: rows, attention, &buffers) }
        rotary?.turn(&buffers.queryKeyValue, heads: turned, rowStride: attention.width, positions)
    }

    /// input (rows, hidden) and buffers.context -> buffers.result.
    func finish(
        rows: Int, _ input: [Float], _ buffers: inout LayerBuffers, _ adapted: [AdaptedRows],
        _ pool: ThreadPool? = nil
    ) {
        attentionOutput.forward(rows: rows, buffers.context, into: &buffers.attentionSum, pool)
        for part in adapted {
            part.adapter.forward(
                attentionOutputModule, rows: part.rows.count, buffers.context, from: part.rows.lowerBound,
                into: &buffers.attentionSum, part.view(columns: hidden), &buffers.lora)
        }
        feedForwardNorm.forward(
            rows: rows, columns: hidden, &buffers.attentionSum, plus: input, into: &buffers.attended,
            &buffers.attentionStatistics)
        feedForward.input.forward(rows: rows, buffers.attended, into: &buffers.intermediate, pool)
        for (module, column) in feedForward.parts {
            for part in adapted {
                part.adapter.forward(
                    module, rows: part.rows.count, buffers.attended, from: part.rows.lowerBound,
                    into: &buffers.intermediate, feedForward.view(part.rows, column: column), &buffers.lora)
            }
        }
        feedForward.activate(rows: rows, buffers.intermediate, into: &buffers.activated)
        feedForward.output.forward(rows: rows, buffers.activated, into: &buffers.result, pool)
        for part in adapted {
            part.adapter.forward(
                feedForward.outputModule, rows: part.rows.count, buffers.activated, from: part.rows.lowerBound,
                into: &buffers.result, part.view(columns: hidden), &buffers.lora)
        }
        Elementwise.add(count: rows * hidden, buffers.attentionSum, to: &buffers.result)
    }

    /// The gradient of the layer's result, in `buffers.dOutputSum`, travels down to its input and to its LoRA matrices.
    ///
    /// Stops as early as it may: in the lowest adapted layer nobody asks for the gradient of the input, nor for
    /// anything below the lowest adapted matrix. Leaves the input's gradient in `dInput` where `needsInput`.
    func backward(
        _ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool,
        dInput: inout [Float]
    ) {
        let rows = chunk.tokens
        let wide = MatrixView(rows: rows, columns: hidden)
        let output = feedForward.outputModule
        lora.backwardToLowRank(output, rows: rows, buffers.dOutputSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(before: output) else { return }
        feedForward.output.backward(rows: rows, buffers.dOutputSum, into: &buffers.dActivated)
        lora.backwardToInput(output, rows: rows, into: &buffers.dActivated, buffers.lora)
        feedForward.activateBackward(
            rows: rows, buffers.intermediate, buffers.dActivated, into: &buffers.dIntermediate)
        for (module, column) in feedForward.parts {
            lora.backwardToLowRank(
                module, rows: rows, buffers.dIntermediate, feedForward.view(0..<rows, column: column), &buffers.lora)
        }
        guard needsInput || lora.adapts(before: feedForward.parts[0].module) else { return }
        feedForward.input.backward(rows: rows, buffers.dIntermediate, into: &buffers.dAttentionSum)
        for (module, _) in feedForward.parts {
            lora.backwardToInput(module, rows: rows, into: &buffers.dAttentionSum, buffers.lora)
        }
        feedForwardNorm.backward(
            rows: rows, columns: hidden, gradient: &buffers.dAttentionSum, buffers.attentionSum,
            buffers.attentionStatistics)
        Elementwise.add(count: rows * hidden, buffers.dOutputSum, to: &buffers.dAttentionSum)
        lora.backwardToLowRank(attentionOutputModule, rows: rows, buffers.dAttentionSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(before: attentionOutputModule) else { return }
        attentionOutput.backward(rows: rows, buffers.dAttentionSum, into: &buffers.dContext)
        lora.backwardToInput(attentionOutputModule, rows: rows, into: &buffers.dContext, buffers.lora)
        backwardOfProjections(chunk, &buffers, lora, needsInput: needsInput)
        guard needsInput else { return }
        queryKeyValue.backward(rows: rows, buffers.dQueryKeyValue, into: &dInput)
        for (module, _) in projections {
            lora.backwardToInput(module, rows: rows, into: &dInput, buffers.lora)
        }
        attentionNorm.backward(rows: rows, columns: hidden, gradient: &dInput, input, buffers.inputStatistics)
        Elementwise.add(count: rows * hidden, buffers.dAttentionSum, to: &dInput)
    }

    /// dContext -> the gradient of the projections, and the low-rank ones of their LoRA matrices.
    private func backwardOfProjections(
        _ chunk: Chunk, _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool
    ) {
        let rows = chunk.tokens
        let isFused = projections.count == 1
        attention.backward(
            chunk, &buffers, query: needsInput || isFused || lora.adapts(.queryProjection),
            key: needsInput || isFused || lora.adapts(.keyProjection))
        rotary?.turn(
            &buffers.dQueryKeyValue, heads: turned, rowStride: attention.width, chunk.positions, back: true)
        if let headNorms { headNorms.backward(rows: rows, attention, &buffers) }
        for (module, columns) in projections {
            lora.backwardToLowRank(module, rows: rows, buffers.dQueryKeyValue, view(0..<rows, columns), &buffers.lora)
        }
    }

    /// What an adapted matrix read, and the gradient of what it gave.
    func operands(of module: TargetModule, rows: Int, _ buffers: LayerBuffers) -> LoRAOperands {
        let wide = MatrixView(rows: rows, columns: hidden)
        if let (_, columns) = projections.first(where: { $0.module == module }) {
            return LoRAOperands(
                input: buffers.inputNormed, gradient: buffers.dQueryKeyValue, view: view(0..<rows, columns))
        }
        if let (_, column) = feedForward.parts.first(where: { $0.module == module }) {
            return LoRAOperands(
                input: buffers.attended, gradient: buffers.dIntermediate,
                view: feedForward.view(0..<rows, column: column))
        }
        if module == attentionOutputModule {
            return LoRAOperands(input: buffers.context, gradient: buffers.dAttentionSum, view: wide)
        }
        precondition(module == feedForward.outputModule, "a decoder has no \(module.rawValue)")
        return LoRAOperands(input: buffers.activated, gradient: buffers.dOutputSum, view: wide)
    }

    /// Heads of query and key, which lie side by side and are turned together.
    private var turned: Int { attention.heads + attention.keyValueHeads }

    private func view(_ rows: Range<Int>, _ columns: Range<Int>) -> MatrixView {
        MatrixView(
            offset: rows.lowerBound * attention.width + columns.lowerBound, rows: rows.count, columns: columns.count,
            rowStride: attention.width)
    }
}

/// Rows of a layer's buffers that one adapter is for.
struct AdaptedRows {
    let adapter: LayerAdapter
    let rows: Range<Int>

    /// The rows in a dense buffer of so many columns.
    func view(columns: Int) -> MatrixView {
        MatrixView(offset: rows.lowerBound * columns, rows: rows.count, columns: columns)
    }
}
