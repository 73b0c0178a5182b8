/// y = x W^T + b with weights that never train.
///
/// A matrix that no gradient goes through stays in the few bits it has in its file, and every product widens it in
/// registers: the bits are those of the widened matrix. In layers that a gradient reaches the numbers are widened once,
/// and packed for the forward product and the backward one. There is no gradient of W: nobody asks for it.
struct FrozenLinear: Sendable {
    let inputs: Int
    let outputs: Int
    private let forwardWeights: [(panels: Panels, column: Int)]  // (inputs, some of the outputs), side by side
    private let backwardWeights: Panels?  // (outputs, inputs)
    private let bias: [Float]  // (outputs)

    /// `parts`: (some outputs, inputs) each, as Hugging Face stores them; together they are W.
    init(_ parts: [StoredRows], bias: [Float], needsGradient: Bool) {
        inputs = parts[0].columns
        outputs = bias.count
        self.bias = bias
        precondition(parts.allSatisfy { [inputs] in $0.columns == inputs }, "rows of one matrix differ in length")
        precondition(parts.reduce(0) { $0 + $1.rows } == bias.count, "a bias has another length than its matrix")
        guard needsGradient else {
            (forwardWeights, backwardWeights) = (Self.packed(parts), nil)
            return
        }
        let (weights, view) = (parts.flatMap { $0.floats() }, MatrixView(rows: bias.count, columns: inputs))
        (forwardWeights, backwardWeights) = ([(Panels(weights, view.transposed), 0)], Panels(weights, view))
    }

    /// Parts that are stored alike share their panels.
    private static func packed(_ parts: [StoredRows]) -> [(panels: Panels, column: Int)] {
        var column = 0
        return parts.chunked { $0.type == $1.type }.map { alike in
            let (rows, inputs) = (alike.reduce(0) { $0 + $1.rows }, alike[0].columns)
            defer { column += rows }
            guard let kind = alike[0].type.compact else {
                let view = MatrixView(rows: rows, columns: inputs)
                return (Panels(alike.flatMap { $0.floats() }, view.transposed), column)
            }
            let bytes = alike.count == 1 ? alike[0].bytes : alike.flatMap(\.bytes)
            return (Panels(kind, bytes, outputs: rows, inputs: inputs), column)
        }
    }

    /// x (rows, inputs) -> y (rows, outputs), both dense.
    func forward(rows: Int, _ x: [Float], into y: inout [Float], _ pool: ThreadPool? = nil) {
        forward(x, MatrixView(rows: rows, columns: inputs), into: &y, pool)
    }

    /// The rows of x that a view shows -> y (rows, outputs), dense. `pool`: whose members share the columns.
    func forward(_ x: [Float], _ view: MatrixView, into y: inout [Float], _ pool: ThreadPool? = nil) {
        for (panels, column) in forwardWeights {
            let start =
                forwardWeights.count == 1 ? bias : Array(bias[column..<column + panels.columns])
            multiply(
                x, view, panels, into: &y,
                MatrixView(offset: column, rows: view.rows, columns: panels.columns, rowStride: outputs),
                start: .bias(start), pool)
        }
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

extension [StoredRows] {
    /// Runs of elements of which each neighbour is like the one before it.
    fileprivate func chunked(by isAlike: (StoredRows, StoredRows) -> Bool) -> [[StoredRows]] {
        var runs: [[StoredRows]] = []
        for element in self {
            if let last = runs.last?.last, isAlike(last, element) {
                runs[runs.count - 1].append(element)
            } else {
                runs.append([element])
            }
        }
        return runs
    }
}
