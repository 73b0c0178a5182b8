extension Numeral {
    static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return text(value) }
        guard abs(value) >= 120 else { return text(value) + " s" }
        let (size, unit) = abs(value) < 7200 ? (60.0, "min") : abs(value) < 172_800 ? (3600, "h") : (86400, "days")
        return "\(text(value)) s (\(text(short(value / size))) \(unit))"
    }

    /// In powers of 1000.
    static func bytes(_ value: Double) -> String {
        guard value.isFinite else { return text(value) }
        guard abs(value) < 1e18 else { return text(value) + " B" }
        var (size, units) = (value, ["B", "kB", "MB", "GB", "TB", "PB"][...])
        while abs(size) >= 1000, units.count > 1 {
            size /= 1000
            units.removeFirst()
        }
        return "\(text(size)) \(units.first ?? "B")"
    }

    /// Of a share from 0 to 1.
    static func percent(_ share: Double) -> String { share.isFinite ? text(share * 100) + " %" : text(share) }

    /// To one decimal.
    private static func short(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
