/// The part of a network that knows its task: from the last layer's token vectors to logits, and back.
enum Head: Sendable {
    case classifier(ClassifierHead)
    /// Frozen, and only where the backbone's end was read.
    case language(LanguageHead?)
}

/// What a classifier's head computes for one chunk, and the gradients of it.
struct HeadBuffers {
    var pooled: [Float] = []  // (records, hidden)
    var logits: [Float] = []  // (records, labels)
    var dLogits: [Float] = []  // (records, labels)
    var dPooled: [Float] = []  // (records, hidden)
}

/// A linear map of one pooled vector a record to the logits of its labels.
struct ClassifierHead: Sendable {
    let pooler: Pooler
    let labels: Int

    private func pooledView(_ chunk: Chunk) -> MatrixView {
        MatrixView(rows: chunk.segments.count, columns: pooler.hidden)
    }

    private func logitsView(_ chunk: Chunk) -> MatrixView {
        MatrixView(rows: chunk.segments.count, columns: labels)
    }

    func forward(
        _ chunk: Chunk, _ states: [Float], arePooled: Bool, _ adapter: AdapterPanels, _ buffers: inout HeadBuffers
    ) {
        let records = chunk.segments.count
        buffers.pooled.grow(to: records * pooler.hidden)
        buffers.logits.grow(to: records * labels)
        if arePooled {
            buffers.pooled.replaceFirst(records * pooler.hidden, with: states)
        } else {
            pooler.forward(chunk, states, into: &buffers.pooled)
        }
        multiply(
            buffers.pooled, pooledView(chunk), adapter.head, into: &buffers.logits, logitsView(chunk),
            start: .bias(adapter.headBias))
    }

    func backward(
        _ chunk: Chunk, _ adapter: AdapterPanels, _ buffers: inout HeadBuffers, into dStates: inout [Float]
    ) {
        buffers.dPooled.grow(to: chunk.segments.count * pooler.hidden)
        multiply(
            buffers.dLogits, logitsView(chunk), adapter.headBackward, into: &buffers.dPooled, pooledView(chunk))
        pooler.backward(chunk, pooled: buffers.pooled, buffers.dPooled, into: &dStates)
    }
}

/// The gradients of a classifier's weight (labels, hidden) and bias (labels).
final class ClassifierGradient: GradientPart {
    private let layout: AdapterLayout
    private var weight: [Float]
    private var bias: [Float]
    private var panels = Panels()

    init(_ layout: AdapterLayout) {
        self.layout = layout
        weight = [Float](repeating: 0, count: layout.headWeight.count)
        bias = [Float](repeating: 0, count: layout.headBias.count)
    }

    func reset() {
        weight.fillWithZeros()
        bias.fillWithZeros()
    }

    func add(_ pass: AdaptedPass) {
        let labels = layout.specification.labels
        let records = pass.chunk.segments.count
        panels.pack(pass.head.pooled, MatrixView(rows: records, columns: layout.hidden))
        multiply(
            pass.head.dLogits, MatrixView(rows: records, columns: labels).transposed, panels, into: &weight,
            MatrixView(rows: labels, columns: layout.hidden), start: .stored)
        Rows.add(rows: records, columns: labels, pass.head.dLogits, to: &bias, at: 0)
    }

    func finish(_ values: inout [Float], scale: Float) {
        values.replaceSubrange(layout.headWeight, with: weight)
        values.replaceSubrange(layout.headBias, with: bias)
    }
}
