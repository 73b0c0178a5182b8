/// The second block of a decoder's layer, without its norm.
struct FeedForward: Sendable {
    /// What stands between the two products.
    enum Shape: Sendable {
        /// silu(gate) * up, from one product that gives both side by side (SwiGLU, Shazeer 2020).
        case gated
        /// One activation.
        case plain(Activation)
    }

    let shape: Shape
    /// (hidden) to (width), or to (2 width): gate, then up.
    let input: FrozenLinear
    /// (width) to (hidden).
    let output: FrozenLinear

    var width: Int { output.inputs }

    /// The adapted matrices that `input` holds, each with its first column.
    var parts: [(module: TargetModule, column: Int)] {
        switch shape {
        case .gated: [(.gateProjection, 0), (.upProjection, width)]
        case .plain: [(.feedForward, 0)]
        }
    }

    var outputModule: TargetModule {
        switch shape {
        case .gated: .downProjection
        case .plain: .feedForwardOutput
        }
    }

    /// One part's columns of the first product's result.
    func view(_ rows: Range<Int>, column: Int) -> MatrixView {
        MatrixView(
            offset: rows.lowerBound * input.outputs + column, rows: rows.count, columns: width,
            rowStride: input.outputs)
    }

    /// intermediate (rows, input.outputs) -> activated (rows, width).
    func activate(rows: Int, _ intermediate: [Float], into activated: inout [Float]) {
        switch shape {
        case .gated: Elementwise.swiGLU(rows: rows, width: width, intermediate, into: &activated)
        case .plain(let activation):
            Elementwise.activate(activation, count: rows * width, intermediate, into: &activated)
        }
    }

    /// The gradient of `activated` -> that of `intermediate`.
    func activateBackward(rows: Int, _ intermediate: [Float], _ dActivated: [Float], into dIntermediate: inout [Float])
    {
        switch shape {
        case .gated:
            Elementwise.swiGLUBackward(rows: rows, width: width, intermediate, dActivated, into: &dIntermediate)
        case .plain(let activation):
            dIntermediate.replaceFirst(rows * width, with: dActivated)
            Elementwise.activateBackward(activation, count: rows * width, intermediate, gradient: &dIntermediate)
        }
    }
}
