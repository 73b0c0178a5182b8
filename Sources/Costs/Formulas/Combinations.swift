internal import Foundation

/// Probabilities of drawing without replacement, where factorials are far too large to write down.
enum Combinations {
    /// ln P(none of `marked` of `total` things is among `drawn` of them) = ln [C(total - marked, drawn) / C(total,
    /// drawn)].
    ///
    /// `marked` may be no whole number (a share of the things): then the gamma function takes the place of the
    /// factorial. A short product is taken factor by factor. Else factorials are replaced by Stirling's series *of the
    /// quotient*, in which the large terms cancel on paper: with `total` at 10^8 the result is right to 10^-9.
    static func logOfNone(marked: Double, of total: Double, drawn: Double) -> Double {
        if marked <= 0 || drawn <= 0 { return 0 }
        let left = total - marked - drawn
        if left <= -1 || total <= marked || total <= drawn { return -.infinity }
        // Symmetric in the two, so the product may run over the shorter one, if that is a whole number.
        for (length, other) in [(drawn, marked), (marked, drawn)] where length <= 64 && length == length.rounded() {
            return (0..<Int(length)).reduce(0) { $0 + log1p(-other / (total - Double($1))) }
        }
        if left < 64 {
            return logFactorial(total - marked) + logFactorial(total - drawn) - logFactorial(left) - logFactorial(total)
        }
        func part(_ x: Double) -> Double { (x + 0.5) * log1p((x - total) / total) + stirlingTail(x) }
        return part(total - marked) + part(total - drawn) - part(left) - stirlingTail(total)
    }

    /// P(at least one of `marked` of `total` things is among `drawn` of them).
    static func probabilityOfAny(marked: Double, of total: Double, drawn: Double) -> Double {
        -expm1(logOfNone(marked: marked, of: total, drawn: drawn))
    }

    /// P(all of `marked` of `total` things are among `drawn` of them): the product of (drawn - t) / (total - t).
    static func probabilityOfAll(marked: Int, of total: Double, drawn: Double) -> Double {
        var product = 1.0
        for step in 0..<marked {
            if drawn <= Double(step) || product == 0 { return 0 }
            product *= (drawn - Double(step)) / (total - Double(step))
        }
        return product
    }

    /// ln x! = ln Gamma(x + 1), x above -1.
    static func logFactorial(_ x: Double) -> Double {
        var (x, below) = (x, 1.0)
        while x < 16 {
            x += 1
            below *= x
        }
        return (x + 0.5) * log(x) - x + 0.5 * log(2 * .pi) + stirlingTail(x) - log(below)
    }

    /// ln C(n, k) for whole numbers.
    static func logChoose(_ n: Int, _ k: Int) -> Double {
        k < 0 || k > n
            ? -.infinity : logFactorial(Double(n)) - logFactorial(Double(k)) - logFactorial(Double(n - k))
    }

    /// What Stirling's series has beyond (x + 1/2) ln x - x + ln(2 pi) / 2; to 10^-14 from x = 16 on.
    private static func stirlingTail(_ x: Double) -> Double {
        let inverse = 1 / x
        let square = inverse * inverse
        return inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
    }

    /// The n-th harmonic number, 1 + 1/2 + ... + 1/n.
    static func harmonic(_ n: Int) -> Double {
        guard n > 1_000_000 else { return n < 1 ? 0 : (1...n).reversed().reduce(0) { $0 + 1 / Double($1) } }
        let (x, gamma) = (Double(n), 0.57721566490153286)
        return log(x) + gamma + 1 / (2 * x) - 1 / (12 * x * x)
    }
}
