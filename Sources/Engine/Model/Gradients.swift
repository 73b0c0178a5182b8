/// The gradient of a batch's mean loss with respect to every trainable parameter.
///
/// Each element is one chain over the batch's tokens (head: records) in batch order. Chunks are added in that order, each going
/// on where the one before stopped, so that the cut into chunks changes no bit. Trained matrices do not know of each other: each is
/// one thread's work.
struct Gradients {
    private(set) var values: [Float]
    private let parts: [any GradientPart]

    init(layout: AdapterLayout) {
        values = [Float](repeating: 0, count: layout.count)
        let rank = layout.specification.lora?.rank ?? 0
        parts = layout.slots.map { LoRAGradient($0, rank: rank) } + [HeadGradient(layout)]
    }

    func reset() {
        for part in parts { part.reset() }
    }

    /// Adds chunks whose backward pass is done, in their order: to the head's part, and to those of some adapted matrices.
    func add(_ passes: ArraySlice<AdaptedPass>, slots: Range<Int>, _ team: Team) {
        let wanted = Array(parts[slots] + parts.suffix(1))
        _ = team.map(wanted.count) { _, index in
            for pass in passes { wanted[index].add(pass) }
        }
    }

    /// Finishes the batch: `values` are the gradients. `scale`: alpha / rank.
    mutating func finish(scale: Float) {
        for part in parts { part.finish(&values, scale: scale) }
    }
}

/// The part of the gradient that belongs to one trained matrix pair, or to the head.
private protocol GradientPart: AnyObject {
    func reset()
    func add(_ pass: AdaptedPass)
    func finish(_ values: inout [Float], scale: Float)
}

/// The gradients of A (rank, inputs) and B (outputs, rank).
private final class LoRAGradient: GradientPart {
    private let slot: AdapterLayout.Slot
    private let rank: Int
    // A's gradient is summed as (inputs, rank), the shape in which the product is cheap, and turned round at the end.
    private var a: [Float]
    private var b: [Float]
    private var panels = PackedMatrix()

    init(_ slot: AdapterLayout.Slot, rank: Int) {
        self.slot = slot
        self.rank = rank
        a = [Float](repeating: 0, count: slot.a.count)
        b = [Float](repeating: 0, count: slot.b.count)
    }

    func reset() {
        a.fillWithZeros()
        b.fillWithZeros()
    }

    func add(_ pass: AdaptedPass) {
        let tokens = pass.chunk.tokens
        let sides = pass.sides(of: slot)
        let inner = Window(rows: tokens, columns: rank)
        // dB (outputs, rank) = dy^T (A x); the factor alpha / rank follows at the end
        panels.pack(sides.products.inner, inner)
        multiply(
            sides.gradient, sides.window.transposed, panels, into: &b,
            Window(rows: slot.outputs, columns: rank), start: .stored)
        // dA^T (inputs, rank) = x^T d(A x)
        panels.pack(sides.products.dInner, inner)
        multiply(
            sides.input, Window(rows: tokens, columns: slot.inputs).transposed, panels, into: &a,
            Window(rows: slot.inputs, columns: rank), start: .stored)
    }

    func finish(_ values: inout [Float], scale: Float) {
        Elementwise.scale(scale, 0..<b.count, of: &b)
        values.replaceSubrange(slot.b, with: b)
        for r in 0..<rank {
            for input in 0..<slot.inputs {
                values[slot.a.lowerBound + r * slot.inputs + input] = a[input * rank + r]
            }
        }
    }
}

/// The gradients of the head's weight (labels, hidden) and bias (labels).
private final class HeadGradient: GradientPart {
    private let layout: AdapterLayout
    private var weight: [Float]
    private var bias: [Float]
    private var panels = PackedMatrix()

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
        panels.pack(pass.pooled, Window(rows: records, columns: layout.hidden))
        multiply(
            pass.dLogits, Window(rows: records, columns: labels).transposed, panels, into: &weight,
            Window(rows: labels, columns: layout.hidden), start: .stored)
        Rows.add(rows: records, columns: labels, pass.dLogits, to: &bias, at: 0)
    }

    func finish(_ values: inout [Float], scale: Float) {
        values.replaceSubrange(layout.headWeight, with: weight)
        values.replaceSubrange(layout.headBias, with: bias)
    }
}

extension [Float] {
    fileprivate mutating func fillWithZeros() {
        for index in indices { self[index] = 0 }
    }
}
