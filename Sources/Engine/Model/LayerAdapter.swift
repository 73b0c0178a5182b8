/// The LoRA matrices of one layer, as the layer's passes use them.
struct LayerAdapter {
    let packed: PackedAdapter
    let layer: Int

    private var rank: Int { packed.layout.specification.lora?.rank ?? 0 }

    func adapts(anyOf modules: [TargetModule]) -> Bool {
        modules.contains { packed.layout.slot(layer: layer, $0) != nil }
    }

    /// y += s B (A x): the chain of y goes on over the rank. Keeps A x.
    func forward(
        _ module: TargetModule, rows: Int, _ x: [Float], into y: inout [Float], _ yWindow: Window,
        _ products: inout [LoRAProducts]
    ) {
        guard let index = packed.layout.slot(layer: layer, module) else { return }
        let inner = Window(rows: rows, columns: rank)
        multiply(
            x, Window(rows: rows, columns: packed.layout.slots[index].inputs), packed.slots[index].a,
            into: &products[module.index].inner, inner)
        multiply(
            products[module.index].inner, inner, packed.slots[index].b, into: &y, yWindow, start: .stored)
    }

    /// The gradient of A x: dy (s B).
    func backwardToInner(
        _ module: TargetModule, rows: Int, _ dy: [Float], _ dyWindow: Window, _ products: inout [LoRAProducts]
    ) {
        guard let index = packed.layout.slot(layer: layer, module) else { return }
        multiply(
            dy, dyWindow, packed.slots[index].bBackward, into: &products[module.index].dInner,
            Window(rows: rows, columns: rank))
    }

    /// dx += (gradient of A x) A.
    func backwardToInput(
        _ module: TargetModule, rows: Int, into dx: inout [Float], _ products: [LoRAProducts]
    ) {
        guard let index = packed.layout.slot(layer: layer, module) else { return }
        multiply(
            products[module.index].dInner, Window(rows: rows, columns: rank), packed.slots[index].aBackward,
            into: &dx, Window(rows: rows, columns: packed.layout.slots[index].inputs), start: .stored)
    }
}
