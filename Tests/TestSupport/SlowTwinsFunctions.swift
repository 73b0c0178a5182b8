/// Functions of one number. The coefficients are those that tools/reference/minimax.py prints.
extension SlowTwins {
    private static let rounding: Float = 0x1.8p23
    private static let log2e: Float = 0x1.715476p+0
    private static let ln2High: Float = 0x1.62e4p-1
    private static let ln2Low: Float = 0x1.7f7d1cp-20

    /// c[0] + c[1] x + ..., by Horner's rule with a fused step.
    private static func polynomial(_ coefficients: [Float], _ x: Float) -> Float {
        var value = coefficients[coefficients.count - 1]
        for c in coefficients.dropLast().reversed() { value = fma(value, x, c) }
        return value
    }

    private static let expCoefficients: [Float] = [
        1, 1, 0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558f2p-5, 0x1.1239e2p-7, 0x1.6a2432p-10
    ]

    /// x = n ln 2 + r: n as the integer in the low bits of `shifted`, and r.
    private static func reduce(_ x: Float) -> (shifted: Float, r: Float) {
        let shifted = fma(x, log2e, rounding)
        let n = shifted - rounding
        return (shifted, fma(n, -ln2Low, fma(n, -ln2High, x)))
    }

    /// p * 2^n, by adding n to the exponent's bits.
    private static func scale(_ p: Float, _ shifted: Float) -> Float {
        Float(bitPattern: p.bitPattern &+ shifted.bitPattern << 23)
    }

    package static func exp(_ x: Float) -> Float {
        if x.isNaN { return x }
        if x > 0x1.62e42ep+6 { return .infinity }
        if x < -0x1.5d589ep+6 { return 0 }
        let (shifted, r) = reduce(x)
        return scale(polynomial(expCoefficients, r), shifted)
    }

    private static let logCoefficients: [Float] = [
        0x1.555548p-2, -0x1.000006p-2, 0x1.99a4b6p-3, -0x1.555c4ep-3, 0x1.233768p-3, -0x1.fc2206p-4, 0x1.e6f068p-4,
        -0x1.de3c1ap-4, 0x1.1457b2p-4
    ]

    package static func log(_ x: Float) -> Float {
        if !(x >= 0) { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        // x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
        let normal = x < 0x1p-126 ? x * 0x1p23 : x
        let distance = (Int32(bitPattern: normal.bitPattern) - 0x3f35_04f3) >> 23
        let e = Float(distance) - (x < 0x1p-126 ? 23 : 0)
        let f = Float(bitPattern: normal.bitPattern &- UInt32(bitPattern: distance) << 23) - 1
        let square = f * f
        let y = fma(square, -0.5, (square * f) * polynomial(logCoefficients, f))
        return fma(e, ln2High, f + fma(e, ln2Low, y))
    }

    package static func tanh(_ x: Float) -> Float {
        if x.isNaN { return x }
        let a = min(x.magnitude, 10)
        let (shifted, r) = reduce(a + a)
        let power = scale(1, shifted)
        let tail = polynomial(Array(expCoefficients[2...]), r)
        let w = fma(fma(r * r, tail, r), power, power - 1)
        return Float(signOf: x, magnitudeOf: w / (w + 2))
    }

    /// Phi(x) and exp(-x^2/2).
    private static func normal(_ x: Float) -> (below: Float, density: Float) {
        if x.isNaN { return (x, x) }
        let a = min(x.magnitude, 16)
        let half = a * -0.5
        let exponent = half * a
        let shifted = fma(exponent, log2e, rounding)
        let n = shifted - rounding
        let r = fma(n, -ln2Low, fma(half, a, n * -ln2High))
        let density = exponent < -0x1.5d589ep+6 ? 0 : scale(polynomial(expCoefficients, r), shifted)
        let top = polynomial([0.5, 0x1.be05fap-2, 0x1.7323eap-3, 0x1.475068p-5, 0x1.073046p-8], a)
        let bottom = polynomial(
            [1, 0x1.ab452cp+0, 0x1.31b242p+0, 0x1.db4b14p-2, 0x1.9a41fep-4, 0x1.49da6cp-7], a)
        let tail = density * (top / bottom)
        return (x < 0 ? tail : 1 - tail, density)
    }

    package static func gelu(_ x: Float) -> Float { x * normal(x).below }

    package static func geluSlope(_ x: Float) -> Float {
        let (below, density) = normal(x)
        return fma(x, density * 0x1.988454p-2, below)
    }

    static func sigmoid(_ z: Float) -> (value: Float, slope: Float) {
        let e = exp(-z.magnitude)
        let q = 1 / (1 + e)
        return (z < 0 ? e * q : q, (e * q) * q)
    }

    package static func geluTanh(_ x: Float) -> Float {
        x * sigmoid(x * fma(x * x, 0x1.2444f2p-4, 0x1.988454p+0)).value
    }

    package static func geluTanhSlope(_ x: Float) -> Float {
        let (value, slope) = sigmoid(x * fma(x * x, 0x1.2444f2p-4, 0x1.988454p+0))
        return fma(x * slope, fma(x * x, 0x1.b6676cp-3, 0x1.988454p+0), value)
    }

    package static func relu(_ x: Float) -> Float { x <= 0 ? 0 : x }

    package static func reluSlope(_ x: Float) -> Float { x.isNaN ? x : x > 0 ? 1 : 0 }

    /// One element of an AdamW step; the constants are those of `sisa_adamw_constants`.
    package static func adamW(
        w: inout Float, g: Float, m: inout Float, v: inout Float, lrDecay: Float, beta1: Float, oneMinusBeta1: Float,
        beta2: Float, oneMinusBeta2: Float, step: Float, inverseSqrtCorrection2: Float, epsilon: Float
    ) {
        w = w - lrDecay * w
        m = fma(beta1, m, oneMinusBeta1 * g)
        v = fma(beta2, v, (oneMinusBeta2 * g) * g)
        w = w - step * (m / (v.squareRoot() * inverseSqrtCorrection2 + epsilon))
    }
}
