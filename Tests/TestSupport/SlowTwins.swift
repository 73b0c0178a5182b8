/// The specification of `CKernels` in plain loops: one element, one lane, one record at a time.
///
/// Every fast loop must give these bits (any NaN equals any NaN). Nothing here is fused unless it says `fma`: Swift
/// never contracts a product and a sum by itself.
package enum SlowTwins {
    /// a*b + c, rounded once.
    static func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

    // MARK: Matrix product

    /// c (m, n) += a (m, k) * b (k, n), or from what `c` holds: one chain per element, over k in order.
    package static func multiplyAdd(_ a: [Float], _ b: [Float], into c: inout [Float], k: Int, n: Int) {
        for index in c.indices {
            let (i, j) = (index / n, index % n)
            for p in 0..<k { c[index] = fma(a[i * k + p], b[p * n + j], c[index]) }
        }
    }

    /// What `sisa_pack` writes for b (k, n): panels of 16 columns, the last one filled up with +0.
    package static func pack(_ b: [Float], k: Int, n: Int) -> [Float] {
        stride(from: 0, to: n, by: 16).flatMap { first in
            (0..<k * 16).map { first + $0 % 16 < n ? b[$0 / 16 * n + first + $0 % 16] : 0 }
        }
    }

    // MARK: Row reductions

    /// The sum of a row: lane l adds elements l, l+16, ... to +0, then lanes are added in halves.
    package static func sum(_ row: [Float]) -> Float {
        fold(row, from: 0) { $0 + $1 }
    }

    /// The maximum of a row by the same tree, from -infinity; a NaN on the right is passed over.
    package static func maximum(_ row: [Float]) -> Float {
        fold(row, from: -.infinity) { $1 > $0 ? $1 : $0 }
    }

    private static func fold(_ row: [Float], from start: Float, _ join: (Float, Float) -> Float) -> Float {
        var lanes = [Float](repeating: start, count: 16)
        for (index, value) in row.enumerated() { lanes[index % 16] = join(lanes[index % 16], value) }
        for width in [8, 4, 2, 1] {
            for lane in 0..<width { lanes[lane] = join(lanes[lane], lanes[lane + width]) }
        }
        return lanes[0]
    }

    // MARK: Rows

    /// One row of layer normalization, after the residual has been added.
    package static func layerNorm(
        _ x: [Float], gamma: [Float], beta: [Float], epsilon: Float
    ) -> (y: [Float], mean: Float, rstd: Float) {
        let mean = sum(x) / Float(x.count)
        let rstd = 1 / (sum(x.map { ($0 - mean) * ($0 - mean) }) / Float(x.count) + epsilon).squareRoot()
        let y = x.indices.map { fma((x[$0] - mean) * rstd, gamma[$0], beta[$0]) }
        return (y, mean, rstd)
    }

    /// The gradient of one row of layer normalization with respect to its input.
    package static func layerNormBackward(
        _ dy: [Float], x: [Float], mean: Float, rstd: Float, gamma: [Float]
    ) -> [Float] {
        let g = dy.indices.map { dy[$0] * gamma[$0] }
        let h = x.map { ($0 - mean) * rstd }
        let gMean = sum(g) / Float(x.count)
        let ghMean = sum(g.indices.map { g[$0] * h[$0] }) / Float(x.count)
        return g.indices.map { rstd * ((g[$0] - gMean) - h[$0] * ghMean) }
    }

    /// One row of softmax(scale * x).
    package static func softmax(_ x: [Float], scale: Float) -> [Float] {
        let scaled = x.map { scale * $0 }
        let largest = maximum(scaled)
        let e = scaled.map { exp($0 - largest) }
        let inverse = 1 / sum(e)
        return e.map { $0 * inverse }
    }

    /// The gradient of one row of softmax(scale * x) with respect to x.
    package static func softmaxBackward(_ dp: [Float], p: [Float], scale: Float) -> [Float] {
        let inner = sum(p.indices.map { p[$0] * dp[$0] })
        return p.indices.map { (scale * p[$0]) * (dp[$0] - inner) }
    }

    /// y + x[0] + x[1] + ..., x being (rows, cols).
    package static func sumRows(_ x: [Float], onto y: [Float]) -> [Float] {
        var y = y
        for (index, value) in x.enumerated() { y[index % y.count] += value }
        return y
    }

    /// The mean over the rows of x (rows, cols).
    package static func meanRows(_ x: [Float], cols: Int) -> [Float] {
        let inverse = 1 / Float(x.count / cols)
        return sumRows(Array(x[cols...]), onto: Array(x[..<cols])).map { $0 * inverse }
    }
}
