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
    func forward(rows: Int, _ x: [Float], into y: inout [Float], _ pool: ThreadPool? = nil) {
        forward(x, MatrixView(rows: rows, columns: inputs), into: &y, pool)
    }

    /// The rows of x that a view shows -> y (rows, outputs), dense. `pool`: whose members share the columns.
    func forward(_ x: [Float], _ view: MatrixView, into y: inout [Float], _ pool: ThreadPool? = nil) {
        multiply(
            x, view, forwardWeights, into: &y, MatrixView(rows: view.rows, columns: outputs), start: .bias(bias), pool)
    }

    /// dy (rows, outputs), dense -> the rows of dx that a view shows.
    func backward(_ dy: [Float], into dx: inout [Float], _ view: MatrixView) {
        guard let backwardWeights else {
            preconditionFailure("a gradient reached a matrix that was loaded without backward weights")
        }
        multiply(dy, MatrixView(rows: view.rows, columns: outputs), backwardWeights, into: &dx, view)
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
