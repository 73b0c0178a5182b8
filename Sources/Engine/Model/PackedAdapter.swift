/// An adapter's matrices, packed for products: made anew from the state before every step, or once for inference.
///
/// The factor alpha / rank is folded into B, so that B's every use is one plain product.
package struct PackedAdapter: Sendable {
    struct Slot: Sendable {
        var a = PackedMatrix()  // (inputs, rank): x A^T
        var b = PackedMatrix()  // (rank, outputs): u (s B)^T
        var aBackward = PackedMatrix()  // (rank, inputs)
        var bBackward = PackedMatrix()  // (outputs, rank)
    }

    let layout: AdapterLayout
    private(set) var slots: [Slot]
    private(set) var head = PackedMatrix()  // (hidden, labels)
    private(set) var headBackward = PackedMatrix()  // (labels, hidden)
    private(set) var headBias: [Float] = []
    private var scaled: [Float] = []

    package init(layout: AdapterLayout) {
        self.layout = layout
        slots = [Slot](repeating: Slot(), count: layout.slots.count)
    }

    package init(layout: AdapterLayout, _ state: AdapterState) {
        self.init(layout: layout)
        pack(state, forTraining: false)
    }

    var scale: Float {
        layout.specification.lora.map { $0.alpha / Float($0.rank) } ?? 1
    }

    package mutating func pack(_ state: AdapterState, forTraining: Bool) {
        scaled = state.values
        let rank = layout.specification.lora?.rank ?? 0
        for (index, slot) in layout.slots.enumerated() {
            Elementwise.scale(scale, slot.b, of: &scaled)
            let a = Window(offset: slot.a.lowerBound, rows: rank, columns: slot.inputs)
            let b = Window(offset: slot.b.lowerBound, rows: slot.outputs, columns: rank)
            slots[index].a.pack(scaled, a.transposed)
            slots[index].b.pack(scaled, b.transposed)
            if forTraining {
                slots[index].aBackward.pack(scaled, a)
                slots[index].bBackward.pack(scaled, b)
            }
        }
        let labels = layout.specification.labels
        let weight = Window(offset: layout.headWeight.lowerBound, rows: labels, columns: layout.hidden)
        head.pack(scaled, weight.transposed)
        if forTraining { headBackward.pack(scaled, weight) }
        headBias = Array(state.values[layout.headBias])
    }
}
