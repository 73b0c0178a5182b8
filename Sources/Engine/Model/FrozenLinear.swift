/// y = x W^T + b with weights that never train.
///
/// Packed for the forward product when the backbone is loaded, and for the backward one only in layers that a gradient
/// reaches. There is no gradient of W: nobody asks for it.
struct FrozenLinear: Sendable {
    let inputs: Int
    let outputs: Int
    private let forwardWeights: Panels  // (inputs, outputs)
    private let backwardWeights: Panels?  // (outputs, inputs)
    private let bias: [Float]  // (outputs)

    /// `weights`: (outputs, inputs), row-major, as Hugging Face stores them.
    init(weights: [Float], bias: [Float], inputs: Int, needsGradient: Bool) {
        self.inputs = inputs
        self.outputs = bias.count
        self.bias = bias
        let view = MatrixView(rows: bias.count, columns: inputs)
        forwardWeights = Panels(weights, view.transposed)
        backwardWeights = needsGradient ? Panels(weights, view) : nil
    }

    /// x (rows, inputs) -> y (rows, outputs), both dense.
    func forward(rows: Int, _ x: [Float], into y: inout [Float]) {
        multiply(
            x, MatrixView(rows: rows, columns: inputs), forwardWeights, into: &y,
            MatrixView(rows: rows, columns: outputs), start: .bias(bias))
    }

    /// dy (rows, outputs) -> dx (rows, inputs), both dense; `start: .stored` adds to what dx holds.
    func backward(rows: Int, _ dy: [Float], into dx: inout [Float], start: AccumulatorStart = .zero) {
        guard let backwardWeights else {
            preconditionFailure("a gradient reached a layer that was loaded without backward weights")
        }
        multiply(
            dy, MatrixView(rows: rows, columns: outputs), backwardWeights, into: &dx,
            MatrixView(rows: rows, columns: inputs), start: start)
    }
}
