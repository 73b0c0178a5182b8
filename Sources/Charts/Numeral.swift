import Foundation

/// Numbers as pictures and tables print them: the same text under every locale.
package enum Numeral {
    /// A place in a picture, with at most two decimals.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let (negative, text) = fixed(value, decimals: 2)
        return negative + trimmed(text)
    }

    /// A whole number with thousands separated.
    package static func text(_ value: Int) -> String {
        (value < 0 ? "-" : "") + grouped(String(value.magnitude))
    }

    /// A number with at least four significant digits, or one decimal, without zeros at the end, thousands separated.
    package static func text(_ value: Double) -> String {
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

extension Numeral {
    /// Seconds, and from two minutes on the same in a larger unit.
    package static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return text(value) }
        guard abs(value) >= 120 else { return text(value) + " s" }
        let (size, unit) = abs(value) < 7200 ? (60.0, "min") : abs(value) < 172_800 ? (3600, "h") : (86400, "days")
        return "\(text(value)) s (\(text(short(value / size))) \(unit))"
    }

    /// Bytes, in powers of 1000.
    package static func bytes(_ value: Double) -> String {
        guard value.isFinite else { return text(value) }
        guard abs(value) < 1e18 else { return text(value) + " B" }
        var (size, units) = (value, ["B", "kB", "MB", "GB", "TB", "PB"][...])
        while abs(size) >= 1000, units.count > 1 {
            size /= 1000
            units.removeFirst()
        }
        return "\(text(size)) \(units.first ?? "B")"
    }

    /// Percent of a share from 0 to 1.
    package static func percent(_ share: Double) -> String { share.isFinite ? text(share * 100) + " %" : text(share) }

    /// The value rounded to one decimal.
    private static func short(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
