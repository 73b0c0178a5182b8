internal import Foundation

/// Who asks to be forgotten.
package enum RequestLaw: Sendable, Equatable {
    /// Every record is as likely as any other.
    case uniform
    /// Record x is asked for in proportion to exp(-rate x), x from 0. Nil: exp(-rate N) = 0.05.
    case exponential(rate: Double?)
    /// Record x is asked for in proportion to (x + 1)^-(shape + 1), x from 0.
    case pareto(shape: Double)
    /// A request takes all records of an owner, each owner being as likely as any other. The chance that an owner has k
    /// records or more is k^-shape.
    case owners(shape: Double)
    /// Record N - 1 is the newest. The chance of a record halves with every `halfLife` of the corpus that is newer.
    case aged(halfLife: Double)
    /// One record of each shard's first slice that has records, shard after shard, round after round.
    case adversarial
    /// As recorded.
    case trace(RequestTrace)

    /// The exponent of Pareto's 80 to 20.
    package static let usualShape = 1.16
    /// The share of the corpus over which the chance halves, where none is given.
    package static let usualHalfLife = 0.1

    /// Reads `uniform`, `exponential[:RATE]`, `pareto[:SHAPE]`, `owners[:SHAPE]`, `aged[:HALFLIFE]`, `adversarial`.
    package init(text: String) throws(SimulationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var number: Double?
        if parts.count == 2 {
            guard let found = Double(parts[1]), found.isFinite, found > 0, found <= 1e6 else {
                throw .badStreamNumber(found: text)
            }
            number = found
        }
        switch (parts[0], number) {
        case ("uniform", nil): self = .uniform
        case ("exponential", _): self = .exponential(rate: number)
        case ("pareto", _): self = .pareto(shape: number ?? Self.usualShape)
        case ("owners", _): self = .owners(shape: number ?? Self.usualShape)
        case ("aged", _): self = .aged(halfLife: number ?? Self.usualHalfLife)
        case ("adversarial", nil): self = .adversarial
        default: throw .unknownStream(found: text)
        }
    }

    /// The law as `init(text:)` reads it.
    package var name: String {
        switch self {
        case .uniform: "uniform"
        case .exponential(let rate): "exponential" + (rate.map { ":\($0)" } ?? "")
        case .pareto(let shape): "pareto:\(shape)"
        case .owners(let shape): "owners:\(shape)"
        case .aged(let halfLife): "aged:\(halfLife)"
        case .adversarial: "adversarial"
        case .trace: "trace"
        }
    }

    /// The logarithm of a record's weight, where records have weights of their own.
    func logWeight(records: Int) -> (@Sendable (Int) -> Double)? {
        switch self {
        case .exponential(let rate):
            let rate = rate ?? -log(0.05) / Double(records)
            return { -rate * Double($0) }
        case .pareto(let shape): return { -(shape + 1) * log(Double($0) + 1) }
        case .aged(let halfLife):
            let rate = log(2) / (halfLife * Double(records))
            return { -rate * Double(records - 1 - $0) }
        case .uniform, .owners, .adversarial, .trace: return nil
        }
    }
}
