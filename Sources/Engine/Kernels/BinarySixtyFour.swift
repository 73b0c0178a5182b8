/// Functions in binary64 from which tables are made: every operation and its order, as docs/numerics.md has them.
///
/// They are accurate to a few units in binary64's last places, so that what is rounded to binary32 is nearly always the
/// nearest number.
enum BinarySixtyFour {
    /// base^exponent for a finite base > 0.
    static func power(_ base: Double, _ exponent: Double) -> Double { exp(exponent * log(base)) }

    private static let ln2High = 0x1.62e42feep-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// The natural logarithm of a normal number above zero: x = 2^e m with sqrt(1/2) <= m < sqrt(2), and
    /// log m = 2 artanh((m - 1) / (m + 1)) by its series.
    static func log(_ x: Double) -> Double {
        var (e, m) = (Double(x.exponent), x.significand)
        if m >= 0x1.6a09e667f3bcdp+0 { (e, m) = (e + 1, m / 2) }
        let s = (m - 1) / (m + 1)
        let square = s * s
        var series = 1.0 / 25
        for n in stride(from: 23.0, through: 1, by: -2) { series = series * square + 1 / n }
        return e * ln2High + (2 * s * series + e * ln2Low)
    }

    /// e^x for |x| below 700: x = n ln 2 + r, and the series of e^r.
    static func exp(_ x: Double) -> Double {
        let n = (x * 0x1.71547652b82fep+0).rounded(.toNearestOrEven)
        let r = (x - n * ln2High) - n * ln2Low
        var series = 1.0
        for k in stride(from: 14.0, through: 1, by: -1) { series = 1 + r * series / k }
        return Double(sign: .plus, exponent: Int(n), significand: series)
    }

    // pi/2 in 33 bits, so that its product with up to 2^20 is exact, and the rest.
    private static let halfPiHigh = 0x1.921fb544p+0
    private static let halfPiLow = 0x1.0b4611a626331p-34

    /// The sine and cosine of an angle between 0 and 2^20 radians: x = n pi/2 + r, and the series of r.
    static func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
        let n = (x * 0x1.45f306dc9c883p-1).rounded(.toNearestOrEven)
        let r = (x - n * halfPiHigh) - n * halfPiLow
        let square = r * r
        var (sine, cosine) = (1.0, 1.0)
        for k in stride(from: 16.0, through: 2, by: -2) { sine = 1 - square * sine / (k * (k + 1)) }
        for k in stride(from: 17.0, through: 1, by: -2) { cosine = 1 - square * cosine / (k * (k + 1)) }
        sine = r * sine
        switch Int(n) & 3 {
        case 0: return (sine, cosine)
        case 1: return (cosine, -sine)
        case 2: return (-sine, -cosine)
        default: return (-cosine, sine)
        }
    }
}
