/// What causal models have beside: their norm, rotation, attention and loss.
extension SlowTwins {
    /// One row of RMS norm, after the residual has been added.
    package static func rmsNorm(_ x: [Float], weight: [Float], epsilon: Float) -> (y: [Float], rrms: Float) {
        let rrms = 1 / (sum(x.map { $0 * $0 }) / Float(x.count) + epsilon).squareRoot()
        return (x.indices.map { (x[$0] * rrms) * weight[$0] }, rrms)
    }

    /// The gradient of one row of RMS norm with respect to its input.
    package static func rmsNormBackward(_ dy: [Float], x: [Float], rrms: Float, weight: [Float]) -> [Float] {
        let g = dy.indices.map { dy[$0] * weight[$0] }
        let share = ((sum(g.indices.map { g[$0] * x[$0] }) * rrms) * rrms) / Float(x.count)
        return g.indices.map { rrms * (g[$0] - x[$0] * share) }
    }

    /// A head's vector, rotated by the angles with these cosines and sines, or back.
    package static func rotate(_ x: [Float], cosines: [Float], sines: [Float], back: Bool) -> [Float] {
        let half = x.count / 2
        return x.indices.map { index in
            let c = index % half
            let (u, v, sine) = (x[c], x[half + c], back ? -sines[c] : sines[c])
            return index < half ? u * cosines[c] - v * sine : v * cosines[c] + u * sine
        }
    }

    /// x / (1 + exp(-x)).
    package static func silu(_ x: Float) -> Float { x / (1 + exp(-x)) }

    package static func siluSlope(_ x: Float) -> Float {
        let (value, slope) = sigmoid(x)
        return fma(x, slope, value)
    }

    /// The gradients of silu(gate) * up.
    package static func swigluBackward(_ dy: Float, gate: Float, up: Float) -> (gate: Float, up: Float) {
        ((dy * up) * siluSlope(gate), dy * (gate * sigmoid(gate).value))
    }

    /// One query over keys and values, a row each; the scores become probabilities.
    package static func attend(
        _ query: [Float], keys: [[Float]], values: [[Float]], scale: Float
    ) -> (probabilities: [Float], out: [Float]) {
        let scores = keys.map { key in query.indices.reduce(0) { fma(query[$1], key[$1], $0) } }
        let p = softmax(scores, scale: scale)
        let out = (values.first ?? []).indices.map { c in p.indices.reduce(0) { fma(p[$1], values[$1][c], $0) } + 0 }
        return (p, out)
    }

    /// One row of log softmax.
    package static func logSoftmax(_ x: [Float]) -> [Float] {
        let largest = maximum(x)
        let logarithm = log(sum(x.map { exp($0 - largest) }))
        return x.map { ($0 - largest) - logarithm }
    }

    /// The loss of one row of logits, and its gradient times `share`.
    package static func crossEntropy(_ x: [Float], target: Int, share: Float) -> (loss: Float, gradient: [Float]) {
        let largest = maximum(x)
        let e = x.map { exp($0 - largest) }
        let inverse = 1 / sum(e)
        let gradient = e.indices.map { share * ($0 == target ? e[$0] * inverse - 1 : e[$0] * inverse) }
        return (log(sum(e)) - (x[target] - largest), gradient)
    }
}
