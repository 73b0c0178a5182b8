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

    /// input (tokens, hidden) -> buffers.result (tokens, hidden). Keeps in `buffers` what the backward pass needs.
    func forward(_ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?) {
        queryKeyValue.forward(rows: chunk.tokens, input, into: &buffers.queryKeyValue)
        forwardFromProjections(chunk, input, &buffers, lora)
    }

    /// The same where `buffers.queryKeyValue` holds the frozen projections of `input` already.
    func forwardFromProjections(
        _ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?
    ) {
        let rows = chunk.tokens
        let hidden = attentionOutput.outputs
        let inner = intermediate.outputs
        for (part, module) in [TargetModule.query, .key, .value].enumerated() {
            lora?.forward(
                module, rows: rows, input, into: &buffers.queryKeyValue,
                Window(offset: part * hidden, rows: rows, columns: hidden, rowStride: 3 * hidden), &buffers.lora)
        }
        attention.forward(chunk, &buffers)
        let wide = Window(rows: rows, columns: hidden)
        attentionOutput.forward(rows: rows, buffers.context, into: &buffers.attentionSum)
        lora?.forward(.attentionOutput, rows: rows, buffers.context, into: &buffers.attentionSum, wide, &buffers.lora)
        Rows.layerNorm(
            rows: rows, columns: hidden, &buffers.attentionSum, plus: input, attentionNorm,
            into: &buffers.attended, mean: &buffers.attentionMean, deviation: &buffers.attentionDeviation)
        intermediate.forward(rows: rows, buffers.attended, into: &buffers.inner)
        lora?.forward(
            .intermediate, rows: rows, buffers.attended, into: &buffers.inner, Window(rows: rows, columns: inner),
            &buffers.lora)
        Elementwise.activate(activation, count: rows * inner, buffers.inner, into: &buffers.activated)
        output.forward(rows: rows, buffers.activated, into: &buffers.outputSum)
        lora?.forward(.output, rows: rows, buffers.activated, into: &buffers.outputSum, wide, &buffers.lora)
        Rows.layerNorm(
            rows: rows, columns: hidden, &buffers.outputSum, plus: buffers.attended, outputNorm,
            into: &buffers.result, mean: &buffers.outputMean, deviation: &buffers.outputDeviation)
    }

    /// The gradient of the layer's result, in `buffers.dOutputSum`, travels down to its input and to its LoRA matrices.
    ///
    /// Stops as early as it may: in the lowest adapted layer nobody asks for the gradient of the input, nor for anything
    /// below the lowest adapted matrix. Leaves the input's gradient in `dInput` where `needsInput`.
    func backward(
        _ chunk: Chunk, _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool,
        dInput: inout [Float]
    ) {
        let rows = chunk.tokens
        let hidden = attentionOutput.outputs
        let inner = intermediate.outputs
        let wide = Window(rows: rows, columns: hidden)
        Rows.layerNormBackward(
            rows: rows, columns: hidden, gradient: &buffers.dOutputSum, buffers.outputSum, outputNorm,
            mean: buffers.outputMean, deviation: buffers.outputDeviation)
        lora.backwardToInner(.output, rows: rows, buffers.dOutputSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(anyOf: [.query, .key, .value, .attentionOutput, .intermediate])
        else { return }
        output.backward(rows: rows, buffers.dOutputSum, into: &buffers.dInner)
        lora.backwardToInput(.output, rows: rows, into: &buffers.dInner, buffers.lora)
        Elementwise.activateBackward(
            activation, count: rows * inner, buffers.inner, gradient: &buffers.dInner)
        lora.backwardToInner(
            .intermediate, rows: rows, buffers.dInner, Window(rows: rows, columns: inner), &buffers.lora)
        guard needsInput || lora.adapts(anyOf: [.query, .key, .value, .attentionOutput]) else { return }
        // The residual path's share first; the product is accumulated onto it.
        buffers.dAttentionSum.replaceFirst(rows * hidden, with: buffers.dOutputSum)
        intermediate.backward(rows: rows, buffers.dInner, into: &buffers.dAttentionSum, start: .stored)
        lora.backwardToInput(.intermediate, rows: rows, into: &buffers.dAttentionSum, buffers.lora)
        Rows.layerNormBackward(
            rows: rows, columns: hidden, gradient: &buffers.dAttentionSum, buffers.attentionSum,
            attentionNorm, mean: buffers.attentionMean, deviation: buffers.attentionDeviation)
        lora.backwardToInner(.attentionOutput, rows: rows, buffers.dAttentionSum, wide, &buffers.lora)
        guard needsInput || lora.adapts(anyOf: [.query, .key, .value]) else { return }
        attentionOutput.backward(rows: rows, buffers.dAttentionSum, into: &buffers.dContext)
        lora.backwardToInput(.attentionOutput, rows: rows, into: &buffers.dContext, buffers.lora)
        attention.backward(
            chunk, &buffers, query: needsInput || lora.adapts(anyOf: [.query]),
            key: needsInput || lora.adapts(anyOf: [.key]))
        for (part, module) in [TargetModule.query, .key, .value].enumerated() {
            lora.backwardToInner(
                module, rows: rows, buffers.dQueryKeyValue,
                Window(offset: part * hidden, rows: rows, columns: hidden, rowStride: 3 * hidden), &buffers.lora)
        }
        guard needsInput else { return }
        dInput.replaceFirst(rows * hidden, with: buffers.dAttentionSum)
        queryKeyValue.backward(rows: rows, buffers.dQueryKeyValue, into: &dInput, start: .stored)
        for module in [TargetModule.query, .key, .value] {
            lora.backwardToInput(module, rows: rows, into: &dInput, buffers.lora)
        }
    }
}

extension [Float] {
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
