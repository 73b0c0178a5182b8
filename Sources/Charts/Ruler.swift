import Foundation

/// From values to places between 0 and 1 along an axis, with its ticks at 1, 2 or 5 times a power of ten.
///
/// The first tick is at or below the least value and the last at or above the greatest, so nothing is drawn outside.
struct Ruler {
    /// `mantissa` times ten to the `exponent`: exact where `value` is rounded, so that labels are exact.
    struct Tick {
        let mantissa: Int
        let exponent: Int

        var value: Double {
            exponent >= 0 ? Double(mantissa) * Self.ten(exponent) : Double(mantissa) / Self.ten(-exponent)
        }

        private static func ten(_ power: Int) -> Double { Double("1e\(power)") ?? pow(10, Double(power)) }
    }

    /// The least and the greatest value that have a place.
    struct Extent {
        private(set) var low = Double.infinity
        private(set) var high = -Double.infinity
        /// Whether all values are whole numbers: then the ticks are, too.
        private(set) var whole = true
        let scale: Chart.Scale

        init(of values: some Sequence<Double>, scale: Chart.Scale) {
            self.scale = scale
            for value in values where Ruler.isDrawable(value, scale: scale) {
                low = min(low, value)
                high = max(high, value)
                whole = whole && value == value.rounded()
            }
            if low > high { (low, high) = scale == .linear ? (0, 1) : (1, 10) }
        }
    }

    let ticks: [Tick]
    let scale: Chart.Scale
    private let low: Double
    private let high: Double

    /// Whether a value has a place on an axis of this scale: sizes beyond 10^±150 leave no room for the ticks around
    /// them.
    static func isDrawable(_ value: Double, scale: Chart.Scale) -> Bool {
        guard value.isFinite, abs(value) <= 1e150 else { return false }
        return scale == .linear || value >= 1e-150
    }

    /// Ticks that cover the extent, about `target` of them.
    init(_ extent: Extent, target: Int) {
        let target = max(2, target)
        scale = extent.scale
        ticks =
            switch scale {
            case .linear: Self.linear(extent, target: target)
            case .logarithmic: Self.logarithmic(extent.low, extent.high, target: target)
            }
        low = Self.level(ticks.first?.value ?? extent.low, scale)
        high = Self.level(ticks.last?.value ?? extent.high, scale)
    }

    /// The place of a drawable value.
    func place(_ value: Double) -> Double {
        let place = (Self.level(value, scale) - low) / (high - low)
        return place.isFinite ? min(1, max(0, place)) : 0
    }

    private static func level(_ value: Double, _ scale: Chart.Scale) -> Double {
        scale == .linear ? value : log10(value)
    }

    private static func linear(_ extent: Extent, target: Int) -> [Tick] {
        var (low, high) = (extent.low, extent.high)
        let whole = extent.whole
        let size = max(abs(low), abs(high))
        if high - low <= max(size * 1e-9, 1e-300) {
            // All values are one: it is drawn in the middle.
            let margin = size < 1e-290 ? 1 : whole && size < 1e9 ? 1 : size / 10
            (low, high) = size < 1e-290 ? (0, margin) : (low - margin, high + margin)
        }
        // Zero belongs to an axis that comes near it.
        if low > 0, low < high * 0.6 { low = 0 }
        if high < 0, high > low * 0.6 { high = 0 }
        let raw = whole && high <= 1e15 ? max(1, (high - low) / Double(target)) : (high - low) / Double(target)
        var exponent = Int(log10(raw).rounded(.down))
        // A step that the division missed by a rounding is the step.
        let least = raw * (1 - 1e-9)
        func step(_ factor: Int) -> Double { Tick(mantissa: factor, exponent: exponent).value }
        var factor = 1
        if step(factor) < least { factor = 2 }
        if step(factor) < least { factor = 5 }
        if step(factor) < least { (factor, exponent) = (1, exponent + 1) }
        func tick(_ index: Int) -> Tick { Tick(mantissa: index * factor, exponent: exponent) }
        // The quotient may be off by a rounding: the ticks themselves decide.
        var first = Int((low / step(factor)).rounded())
        var last = Int((high / step(factor)).rounded())
        while tick(first).value > low { first -= 1 }
        while tick(first + 1).value <= low { first += 1 }
        while tick(last).value < high { last += 1 }
        while tick(last - 1).value >= high { last -= 1 }
        return (first...max(first + 1, last)).map(tick)
    }

    private static func logarithmic(_ low: Double, _ high: Double, target: Int) -> [Tick] {
        let decades = log10(high) - log10(low)
        let perDecade = decades * 3 <= Double(target) + 2 ? 3 : 1
        let every = perDecade == 3 ? 1 : max(1, Int((decades / Double(target)).rounded(.up)))
        func tick(_ index: Int) -> Tick {
            let position = index * every
            guard perDecade == 3 else { return Tick(mantissa: 1, exponent: position) }
            let decade = Int((Double(position) / 3).rounded(.down))
            return Tick(mantissa: [1, 2, 5][position - 3 * decade], exponent: decade)
        }
        let spacing = Double(perDecade) / Double(every)
        var first = Int((log10(low) * spacing).rounded(.down))
        var last = Int((log10(high) * spacing).rounded(.up))
        // 2 and 5 are not at even thirds of a decade.
        while tick(first).value > low { first -= 1 }
        while tick(first + 1).value <= low { first += 1 }
        while tick(last).value < high { last += 1 }
        while tick(last - 1).value >= high { last -= 1 }
        if first >= last { (first, last) = (first - 1, first + 1) }
        return (first...last).map(tick)
    }
}

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
