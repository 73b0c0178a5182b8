/// The norm before a block of a causal model, and behind the last layer.
enum DecoderNorm: Sendable {
    /// That of Llama and its kind.
    case rootMeanSquare(RMSNorm)
    /// GPT-2's.
    case layer(LayerNorm)

    /// What a norm keeps of its rows for the backward pass, one value a row each.
    struct Statistics {
        var mean: [Float] = []
        /// 1 over the root of the mean square or of the variance.
        var inverse: [Float] = []

        mutating func grow(to rows: Int) {
            mean.grow(to: rows)
            inverse.grow(to: rows)
        }
    }

    /// y (rows, columns) = norm of (x + residual), row by row; x becomes that sum.
    func forward(
        rows: Int, columns: Int, _ x: inout [Float], plus residual: [Float]? = nil, into y: inout [Float],
        _ statistics: inout Statistics
    ) {
        statistics.grow(to: rows)
        switch self {
        case .rootMeanSquare(let norm):
            let view = MatrixView(rows: rows, columns: columns)
            Rows.rmsNorm(&x, view, plus: residual, norm, into: &y, view, rrms: &statistics.inverse)
        case .layer(let norm):
            Rows.layerNorm(
                rows: rows, columns: columns, &x, plus: residual, norm, into: &y, mean: &statistics.mean,
                rstd: &statistics.inverse)
        }
    }

    /// Turns the gradient of the norm's result into that of its argument `x`, in place.
    func backward(rows: Int, columns: Int, gradient: inout [Float], _ x: [Float], _ statistics: Statistics) {
        switch self {
        case .rootMeanSquare(let norm):
            let view = MatrixView(rows: rows, columns: columns)
            Rows.rmsNormBackward(gradient: &gradient, view, x, view, norm, rrms: statistics.inverse)
        case .layer(let norm):
            Rows.layerNormBackward(
                rows: rows, columns: columns, gradient: &gradient, x, norm, mean: statistics.mean,
                rstd: statistics.inverse)
        }
    }
}
