/// One frozen transformer layer in BERT's order: attention, add and norm, feed-forward, add and norm.
struct EncoderLayer: Sendable {
    /// Query, key and value side by side: (hidden, 3 hidden).
    let queryKeyValue: FrozenLinear
    let attentionOutput: FrozenLinear
    let attentionNorm: LayerNorm
    let intermediate: FrozenLinear
    let output: FrozenLinear
    let outputNorm: LayerNorm
    let activation: Activation
    let attention: Attention

    /// input (tokens, hidden) -> buffers.result (tokens, hidden), where `buffers.queryKeyValue` holds the frozen
    /// projections of `input`.
    ///
    /// Keeps in `buffers` what the backward pass needs.
    func forwardFromProjections(
        _ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?
    ) {
        let rows = chunk.tokens
        let hidden = attentionOutput.outputs
        let intermediateSize = intermediate.outputs
        for (part, module) in [TargetModule.query, .key, .value].enumerated() {
            lora?.forward(
                module, rows: rows, input, into: &buffers.queryKeyValue,
                MatrixView(offset: part * hidden, rows: rows, columns: hidden, rowStride: 3 * hidden), &buffers.lora)
        }
        attention.forward(chunk, &buffers)
        let wide = MatrixView(rows: rows, columns: hidden)
        attentionOutput.forward(rows: rows, buffers.context, into: &buffers.attentionSum)
        lora?.forward(.attentionOutput, rows: rows, buffers.context, into: &buffers.attentionSum, wide, &buffers.lora)
        Rows.layerNorm(
            rows: rows, columns: hidden, &buffers.attentionSum, plus: input, attentionNorm,
            into: &buffers.attended, mean: &buffers.attentionMean, rstd: &buffers.attentionRstd)
        intermediate.forward(rows: rows, buffers.attended, into: &buffers.intermediate)
        lora?.forward(
            .intermediate, rows: rows, buffers.attended, into: &buffers.intermediate,
            MatrixView(rows: rows, columns: intermediateSize),
            &buffers.lora)
        Elementwise.activate(activation, count: rows * intermediateSize, buffers.intermediate, into: &buffers.activated)
        output.forward(rows: rows, buffers.activated, into: &buffers.outputSum)
        lora?.forward(.output, rows: rows, buffers.activated, into: &buffers.outputSum, wide, &buffers.lora)
        Rows.layerNorm(
            rows: rows, columns: hidden, &buffers.outputSum, plus: buffers.attended, outputNorm,
            into: &buffers.result, mean: &buffers.outputMean, rstd: &buffers.outputRstd)
    }

    /// The gradient of the layer's result, in `buffers.dOutputSum`, travels down to its input and to its LoRA matrices.
    ///
    /// Stops as early as it may: in the lowest adapted layer nobody asks for the gradient of the input, nor for
    /// anything below the lowest adapted matrix. Leaves the input's gradient in `dInput` where `needsInput`.
    func backward(
        _ chunk: Chunk, _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool,
        dInput: inout [Float]
    ) {
        let rows = chunk.tokens
        let hidden = attentionOutput.outputs
        let intermediateSize = intermediate.outputs
        let wide = MatrixView(rows: rows, columns: hidden)
        Rows.layerNormBackward(
            rows: rows, columns: hidden, gradient: &buffers.dOutputSum, buffers.outputSum, outputNorm,
            mean: buffers.outputMean, rstd: buffers.outputRstd)
        lora.backwardToLowRank(.output, rows: rows, buffers.dOutputSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(before: .output)
        else { return }
        output.backward(rows: rows, buffers.dOutputSum, into: &buffers.dIntermediate)
        lora.backwardToInput(.output, rows: rows, into: &buffers.dIntermediate, buffers.lora)
        Elementwise.activateBackward(
            activation, count: rows * intermediateSize, buffers.intermediate, gradient: &buffers.dIntermediate)
        lora.backwardToLowRank(
            .intermediate, rows: rows, buffers.dIntermediate, MatrixView(rows: rows, columns: intermediateSize),
            &buffers.lora)
        guard needsInput || lora.adapts(before: .intermediate) else { return }
        // The residual path's share first; the product is accumulated onto it.
        buffers.dAttentionSum.replaceFirst(rows * hidden, with: buffers.dOutputSum)
        intermediate.backward(rows: rows, buffers.dIntermediate, into: &buffers.dAttentionSum, start: .stored)
        lora.backwardToInput(.intermediate, rows: rows, into: &buffers.dAttentionSum, buffers.lora)
        Rows.layerNormBackward(
            rows: rows, columns: hidden, gradient: &buffers.dAttentionSum, buffers.attentionSum,
            attentionNorm, mean: buffers.attentionMean, rstd: buffers.attentionRstd)
        lora.backwardToLowRank(.attentionOutput, rows: rows, buffers.dAttentionSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(before: .attentionOutput) else { return }
        attentionOutput.backward(rows: rows, buffers.dAttentionSum, into: &buffers.dContext)
        lora.backwardToInput(.attentionOutput, rows: rows, into: &buffers.dContext, buffers.lora)
        attention.backward(
            chunk, &buffers, query: needsInput || lora.adapts(.query),
            key: needsInput || lora.adapts(.key))
        for (part, module) in [TargetModule.query, .key, .value].enumerated() {
            lora.backwardToLowRank(
                module, rows: rows, buffers.dQueryKeyValue,
                MatrixView(offset: part * hidden, rows: rows, columns: hidden, rowStride: 3 * hidden), &buffers.lora)
        }
        guard needsInput else { return }
        dInput.replaceFirst(rows * hidden, with: buffers.dAttentionSum)
        queryKeyValue.backward(rows: rows, buffers.dQueryKeyValue, into: &dInput, start: .stored)
        for module in [TargetModule.query, .key, .value] {
            lora.backwardToInput(module, rows: rows, into: &dInput, buffers.lora)
        }
    }

    /// What an adapted matrix read, and the gradient of what it gave; `input` is the layer's own.
    func operands(
        of module: TargetModule, rows: Int, input: [Float], _ buffers: LayerBuffers
    ) -> LoRAOperands {
        let hidden = attentionOutput.outputs
        let dense = MatrixView(rows: rows, columns: hidden)
        func part(_ index: Int) -> LoRAOperands {
            LoRAOperands(
                input: input, gradient: buffers.dQueryKeyValue,
                view: MatrixView(offset: index * hidden, rows: rows, columns: hidden, rowStride: 3 * hidden))
        }
        switch module {
        case .query: return part(0)
        case .key: return part(1)
        case .value: return part(2)
        case .attentionOutput:
            return LoRAOperands(input: buffers.context, gradient: buffers.dAttentionSum, view: dense)
        case .intermediate:
            return LoRAOperands(
                input: buffers.attended, gradient: buffers.dIntermediate,
                view: MatrixView(rows: rows, columns: intermediate.outputs))
        case .output: return LoRAOperands(input: buffers.activated, gradient: buffers.dOutputSum, view: dense)
        default: preconditionFailure("an encoder has no \(module.rawValue)")
        }
    }
}
