/// When the repair of what was forgotten begins.
package enum RepairPolicy: Sendable, Equatable {
    /// As soon as a worker is free.
    case immediate
    /// After every so many requests, for all that wait; the rest when the stream ends.
    case count(Int)
    /// At the end of every window of so many seconds, for all that wait.
    case window(Double)
    /// As late as a request may wait, the known service time taken off.
    case deadline(Double)

    /// Reads `immediate`, `count:K`, `window:6h`, `deadline:1d`.
    package init(text: String) throws(SimulationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("immediate", 1): self = .immediate
        case ("count", 2):
            guard let count = Int(parts[1]), count > 0 else { throw .badPolicy(found: text) }
            self = .count(count)
        case ("window", 2), ("deadline", 2):
            guard let seconds = Self.seconds(parts[1]) else { throw .badPolicy(found: text) }
            self = parts[0] == "window" ? .window(seconds) : .deadline(seconds)
        default: throw .badPolicy(found: text)
        }
    }

    private static let units: [(name: Character, seconds: Double)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)
    ]

    /// A time with its unit: `90s`, `15m`, `6h`, `7d`, `2w`.
    private static func seconds(_ text: Substring) -> Double? {
        guard let unit = units.first(where: { $0.name == text.last })?.seconds, let number = Double(text.dropLast()),
            number.isFinite, number > 0, number * unit <= SimulationSettings.longest
        else { return nil }
        return number * unit
    }

    /// In the largest unit of which it is a whole number.
    private static func text(_ seconds: Double) -> String {
        for unit in units {
            if let whole = Int(exactly: seconds / unit.seconds) { return "\(whole)\(unit.name)" }
        }
        return "\(seconds)s"
    }

    /// As `init(text:)` reads it.
    package var name: String {
        switch self {
        case .immediate: "immediate"
        case .count(let count): "count:\(count)"
        case .window(let seconds): "window:" + Self.text(seconds)
        case .deadline(let seconds): "deadline:" + Self.text(seconds)
        }
    }
}
