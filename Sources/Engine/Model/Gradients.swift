/// The gradient of a batch's mean loss with respect to every trainable parameter.
///
/// Each element is one chain over the batch's tokens (head: records) in batch order. Chunks are added in that order, each going
/// on where the one before stopped, so that the cut into chunks changes no bit.
struct Gradients {
    private let layout: AdapterLayout
    private(set) var values: [Float]
    // A's gradients are summed as (inputs, rank), the shape in which the product is cheap, and turned round at the end.
    private var turned: [[Float]]
    private var panels = PackedMatrix()

    init(layout: AdapterLayout) {
        self.layout = layout
        values = [Float](repeating: 0, count: layout.count)
        turned = layout.slots.map { [Float](repeating: 0, count: $0.a.count) }
    }

    mutating func reset() {
        for index in values.indices { values[index] = 0 }
        for slot in turned.indices {
            for index in turned[slot].indices { turned[slot][index] = 0 }
        }
    }

    /// Adds a chunk whose backward pass is done.
    mutating func add(_ pass: AdaptedPass) {
        let rank = layout.specification.lora?.rank ?? 0
        let tokens = pass.chunk.tokens
        for (index, slot) in layout.slots.enumerated() {
            let sides = pass.sides(of: slot)
            let inner = Window(rows: tokens, columns: rank)
            // dB (outputs, rank) = dy^T (A x); the factor alpha / rank follows at the end
            panels.pack(sides.products.inner, inner)
            multiply(
                sides.gradient, sides.window.transposed, panels, into: &values,
                Window(offset: slot.b.lowerBound, rows: slot.outputs, columns: rank), start: .stored)
            // dA^T (inputs, rank) = x^T d(A x)
            panels.pack(sides.products.dInner, inner)
            multiply(
                sides.input, Window(rows: tokens, columns: slot.inputs).transposed, panels,
                into: &turned[index], Window(rows: slot.inputs, columns: rank), start: .stored)
        }
        let labels = layout.specification.labels
        let records = pass.chunk.segments.count
        panels.pack(pass.pooled, Window(rows: records, columns: layout.hidden))
        multiply(
            pass.dLogits, Window(rows: records, columns: labels).transposed, panels, into: &values,
            Window(offset: layout.headWeight.lowerBound, rows: labels, columns: layout.hidden), start: .stored)
        Rows.add(
            rows: records, columns: labels, pass.dLogits, to: &values, at: layout.headBias.lowerBound)
    }

    /// Finishes the batch: `values` are the gradients.
    mutating func finish(scale: Float) {
        let rank = layout.specification.lora?.rank ?? 0
        for (index, slot) in layout.slots.enumerated() {
            Elementwise.scale(scale, slot.b, of: &values)
            for input in 0..<slot.inputs {
                for r in 0..<rank {
                    values[slot.a.lowerBound + r * slot.inputs + input] = turned[index][input * rank + r]
                }
            }
        }
    }
}
