/// An adapter's matrices, packed for products: made anew from the state before every step, or once for inference.
///
/// The factor alpha / rank is folded into B, so that B's every use is one plain product.
package struct AdapterPanels: Sendable {
    /// The matrices of one adapted module. The backward ones are packed for training only.
    struct Module: Sendable {
        var a = Panels()  // (inputs, rank): x A^T
        var b = Panels()  // (rank, outputs): u (s B)^T
        var aBackward = Panels()  // (rank, inputs)
        var bBackward = Panels()  // (outputs, rank)
    }

    let layout: AdapterLayout
    private(set) var modules: [Module]
    private(set) var head = Panels()  // (hidden, labels)
    private(set) var headBackward = Panels()  // (labels, hidden)
    private(set) var headBias: [Float] = []
    private var scaled: [Float] = []

    /// Room for an adapter's matrices; `pack` fills it.
    package init(layout: AdapterLayout) {
        self.layout = layout
        modules = [Module](repeating: Module(), count: layout.modules.count)
    }

    /// A state's matrices, packed for inference.
    package init(layout: AdapterLayout, _ state: AdapterState) {
        self.init(layout: layout)
        pack(state, forTraining: false)
    }

    /// The factor of what LoRA adds: alpha / rank.
    var scale: Float {
        layout.specification.lora.map { $0.alpha / Float($0.rank) } ?? 1
    }

    /// Takes over a state; `forTraining` packs the matrices of the backward pass too.
    package mutating func pack(_ state: AdapterState, forTraining: Bool) {
        scaled = state.values
        let rank = layout.specification.lora?.rank ?? 0
        for (index, module) in layout.modules.enumerated() {
            Elementwise.scale(scale, module.b, of: &scaled)
            let a = MatrixView(offset: module.a.lowerBound, rows: rank, columns: module.inputs)
            let b = MatrixView(offset: module.b.lowerBound, rows: module.outputs, columns: rank)
            modules[index].a.pack(scaled, a.transposed)
            modules[index].b.pack(scaled, b.transposed)
            if forTraining {
                modules[index].aBackward.pack(scaled, a)
                modules[index].bBackward.pack(scaled, b)
            }
        }
        let labels = layout.specification.labels
        let weight = MatrixView(offset: layout.headWeight.lowerBound, rows: labels, columns: layout.hidden)
        head.pack(scaled, weight.transposed)
        if forTraining { headBackward.pack(scaled, weight) }
        headBias = Array(state.values[layout.headBias])
    }
}
