import Foundation

/// Numbers as pictures and tables print them: the same text under every locale.
enum Numeral {
    /// A place in a picture, with at most two decimals.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let (negative, text) = fixed(value, decimals: 2)
        return negative + trimmed(text)
    }

    /// With thousands separated.
    static func text(_ value: Int) -> String {
        (value < 0 ? "-" : "") + grouped(String(value.magnitude))
    }

    /// At least four significant digits, or one decimal, without zeros at the end, thousands separated.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "not a number" }
        if value.isInfinite { return value < 0 ? "-infinite" : "infinite" }
        if value == 0 { return "0" }
        let order = Int(log10(abs(value)).rounded(.down))
        guard (-4..<15).contains(order) else { return scientific(value) }
        let decimals = value == value.rounded() ? 0 : max(1, 3 - order)
        let (negative, digits) = fixed(value, decimals: decimals)
        let parts = trimmed(digits).split(separator: ".")
        let whole = grouped(String(parts.first ?? "0"))
        return negative + (parts.count > 1 ? "\(whole).\(parts[1])" : whole)
    }

    /// `mantissa` times a power of ten, exactly, thousands separated.
    static func decimal(_ mantissa: Int, exponent: Int) -> String {
        guard mantissa != 0 else { return "0" }
        let negative = mantissa < 0 ? "-" : ""
        let digits = String(mantissa.magnitude)
        guard exponent < 0 else { return negative + grouped(digits + String(repeating: "0", count: exponent)) }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
        return negative + grouped(String(padded.dropLast(-exponent))) + "." + padded.suffix(-exponent)
    }

    /// One digit before the point, three behind it, and the power of ten.
    private static func scientific(_ value: Double) -> String {
        var order = Int(log10(abs(value)).rounded(.down))
        // Divided in two steps: the power of ten of a subnormal number is itself no normal number.
        var thousandths = (abs(value) / pow(10, Double(order / 2)) / pow(10, Double(order - order / 2)) * 1000)
            .rounded()
        if thousandths >= 10_000 { (thousandths, order) = (1000, order + 1) }
        guard thousandths.isFinite, thousandths < 100_000 else { return "\(value)" }
        let digits = trimmed(decimal(Int(thousandths), exponent: -3).filter { $0 != "," })
        return "\(value < 0 ? "-" : "")\(digits)e\(order)"
    }

    /// Sign and digits; values of 10^15 and more are whole numbers anyway.
    private static func fixed(_ value: Double, decimals: Int) -> (sign: String, digits: String) {
        let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
        guard scaled < 9e18 else { return (value < 0 ? "-" : "", "\(abs(value))") }
        let units = String(Int(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return (sign, units) }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - units.count)) + units
        return (sign, "\(padded.dropLast(decimals)).\(padded.suffix(decimals))")
    }

    /// Without zeros at the end of a fraction.
    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var rest = Substring(text)
        while rest.last == "0" { rest.removeLast() }
        if rest.last == "." { rest.removeLast() }
        return String(rest)
    }

    private static func grouped(_ digits: String) -> String {
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return out
    }
}
