/// A x of one LoRA matrix pair, and its gradient.
struct LoRAProducts {
    var lowRank: [Float] = []  // (tokens, rank)
    var dLowRank: [Float] = []  // (tokens, rank)
}

/// What an adapted matrix read, and the gradient of what it gave: the two operands of its weight gradients.
struct LoRAOperands {
    let input: [Float]  // (tokens, inputs)
    let gradient: [Float]
    /// Where the gradient (tokens, outputs) lies in its buffer.
    let view: MatrixView
}

/// The LoRA matrices of one layer, as the layer's passes use them.
struct LayerAdapter {
    let panels: AdapterPanels
    let layer: Int

    private var rank: Int { panels.layout.specification.lora?.rank ?? 0 }

    /// Whether a matrix of the layer is adapted.
    func adapts(_ module: TargetModule) -> Bool { panels.layout.module(layer: layer, module) != nil }

    /// Whether a matrix is adapted that the layer's forward pass comes to before this one.
    func adapts(before module: TargetModule) -> Bool { panels.layout.adapts(layer: layer, before: module) }

    /// y += s B (A x): the chain of y goes on over the rank. Keeps A x. `first`: the first row of x.
    func forward(
        _ module: TargetModule, rows: Int, _ x: [Float], from first: Int = 0, into y: inout [Float],
        _ yView: MatrixView, _ products: inout [LoRAProducts]
    ) {
        guard let index = panels.layout.module(layer: layer, module) else { return }
        let lowRank = MatrixView(rows: rows, columns: rank)
        let inputs = panels.layout.modules[index].inputs
        multiply(
            x, MatrixView(offset: first * inputs, rows: rows, columns: inputs), panels.modules[index].a,
            into: &products[module.index].lowRank, lowRank)
        multiply(
            products[module.index].lowRank, lowRank, panels.modules[index].b, into: &y, yView, start: .stored)
    }

    /// The gradient of A x: dy (s B).
    func backwardToLowRank(
        _ module: TargetModule, rows: Int, _ dy: [Float], _ dyView: MatrixView, _ products: inout [LoRAProducts]
    ) {
        guard let index = panels.layout.module(layer: layer, module) else { return }
        multiply(
            dy, dyView, panels.modules[index].bBackward, into: &products[module.index].dLowRank,
            MatrixView(rows: rows, columns: rank))
    }

    /// dx += (gradient of A x) A.
    func backwardToInput(
        _ module: TargetModule, rows: Int, into dx: inout [Float], _ products: [LoRAProducts]
    ) {
        guard let index = panels.layout.module(layer: layer, module) else { return }
        multiply(
            products[module.index].dLowRank, MatrixView(rows: rows, columns: rank), panels.modules[index].aBackward,
            into: &dx, MatrixView(rows: rows, columns: panels.layout.modules[index].inputs), start: .stored)
    }
}

/// The gradients of A (rank, inputs) and B (outputs, rank).
final class LoRAGradient: GradientPart {
    private let module: AdapterLayout.AdaptedModule
    private let rank: Int
    // A's gradient is summed as (inputs, rank), the shape in which the product is cheap, and turned round at the end.
    private var a: [Float]
    private var b: [Float]
    private var panels = Panels()

    init(_ module: AdapterLayout.AdaptedModule, rank: Int) {
        self.module = module
        self.rank = rank
        a = [Float](repeating: 0, count: module.a.count)
        b = [Float](repeating: 0, count: module.b.count)
    }

    func reset() {
        a.fillWithZeros()
        b.fillWithZeros()
    }

    func add(_ pass: AdaptedPass) {
        let tokens = pass.chunk.tokens
        let (operands, products) = pass.operands(of: module)
        let lowRank = MatrixView(rows: tokens, columns: rank)
        // dB (outputs, rank) = dy^T (A x); the factor alpha / rank follows at the end
        panels.pack(products.lowRank, lowRank)
        multiply(
            operands.gradient, operands.view.transposed, panels, into: &b,
            MatrixView(rows: module.outputs, columns: rank), start: .stored)
        // dA^T (inputs, rank) = x^T d(A x)
        panels.pack(products.dLowRank, lowRank)
        multiply(
            operands.input, MatrixView(rows: tokens, columns: module.inputs).transposed, panels, into: &a,
            MatrixView(rows: module.inputs, columns: rank), start: .stored)
    }

    func finish(_ values: inout [Float], scale: Float) {
        Elementwise.scale(scale, 0..<b.count, of: &b)
        values.replaceSubrange(module.b, with: b)
        for r in 0..<rank {
            for input in 0..<module.inputs {
                values[module.a.lowerBound + r * module.inputs + input] = a[input * rank + r]
            }
        }
    }
}
