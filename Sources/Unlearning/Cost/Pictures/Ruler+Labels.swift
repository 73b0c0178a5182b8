extension Ruler {
    /// The ticks' texts: thousands separated, or with an SI prefix from 100,000 on.
    var labels: [String] {
        switch scale {
        case .linear:
            let order = ticks.map(Self.order).max() ?? 0
            let finest = ticks.map(\.exponent).min() ?? 0
            let power = Self.prefixPower(order: order, finest: finest)
            return ticks.map { Self.label($0, power: power) }
        case .logarithmic:
            let order = ticks.map(Self.order).max() ?? 0
            return ticks.map { tick in
                let own = Self.order(tick)
                let shortened = order >= 5 && own >= 3 ? max(own, 5) : own
                let power = Self.prefixPower(order: shortened, finest: tick.exponent)
                return Self.label(tick, power: power.map { $0 > 0 ? own / 3 * 3 : $0 })
            }
        }
    }

    /// The power of ten of the first digit.
    private static func order(_ tick: Tick) -> Int {
        tick.mantissa == 0 ? -400 : String(tick.mantissa.magnitude).count - 1 + tick.exponent
    }

    /// The power of ten that a prefix stands for, 0 for none; nil where only a power of ten can be read.
    private static func prefixPower(order: Int, finest: Int) -> Int? {
        guard (-9..<18).contains(order) else { return nil }
        if (-4..<5).contains(order) { return 0 }
        let power = (order >= 0 ? order / 3 : (order - 2) / 3) * 3
        // Labels that differ in a late digit need all of it.
        return power - finest <= 4 ? power : order < 0 ? nil : 0
    }

    private static func label(_ tick: Tick, power: Int?) -> String {
        guard tick.mantissa != 0 else { return "0" }
        guard let power else {
            var digits = Substring(String(tick.mantissa.magnitude))
            let order = digits.count - 1 + tick.exponent
            while digits.last == "0" { digits.removeLast() }
            let fraction = digits.dropFirst()
            let sign = tick.mantissa < 0 ? "-" : ""
            return "\(sign)\(digits.prefix(1))\(fraction.isEmpty ? "" : ".\(fraction)")e\(order)"
        }
        let prefix = [-9: "n", -6: "µ", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"][power] ?? ""
        return Numeral.decimal(tick.mantissa, exponent: tick.exponent - power) + prefix
    }
}
