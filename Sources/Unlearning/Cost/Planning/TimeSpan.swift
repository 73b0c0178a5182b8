/// Lengths of time and rates as people write them.
package enum TimeSpan {
    private static let names: [(names: [String], seconds: Double)] = [
        (["s", "sec", "second", "seconds"], 1), (["m", "min", "minute", "minutes"], 60),
        (["h", "hour", "hours"], 3600), (["d", "day", "days"], 86_400), (["w", "week", "weeks"], 604_800),
        (["mo", "month", "months"], 86_400 * 30.4375), (["y", "year", "years"], 86_400 * 365.25)
    ]

    private static func unit(_ name: some StringProtocol) -> Double? {
        names.first { $0.names.contains(String(name)) }?.seconds
    }

    /// Seconds of "90s", "30m", "1h", "7d", "2w": above 0.
    package static func seconds(_ text: String) throws(CostPlanError) -> Double {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits), number > 0, number.isFinite,
            let unit = unit(text.dropFirst(digits.count)), (number * unit).isFinite
        else { throw .window(text) }
        return number * unit
    }

    /// Requests a second of "12/day": above 0.
    package static func rate(_ text: String) throws(CostPlanError) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Double(parts[0]), number > 0, number.isFinite, let unit = unit(parts[1])
        else { throw .rate(text) }
        return number / unit
    }
}
