import TestSupport

/// Decides by a seed what reaches the disk, in one of several tempers: everything in between is likely, and so are all
/// and nothing.
struct PowerLossChance {
    private static let odds = [0, 0.1, 0.5, 0.9, 1]
    private static let mostInFlight = 12

    private var generator: SeededGenerator
    private let names: Double
    private let bytes: Double
    /// As with a journal of names: what was done to names before a moment is kept, and the rest is lost.
    private let isInOrder: Bool
    private var end = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        names = Self.odds.randomElement(using: &generator) ?? 0
        bytes = Self.odds.randomElement(using: &generator) ?? 0
        isInOrder = Int.random(in: 0..<4, using: &generator) == 0
    }

    /// A number of steps that were done, out of these: often all, because then a command has given its word, and often
    /// those before a sync, because then most is in flight.
    mutating func cut(_ cuts: [Int], beforeSyncs: [Int]) -> Int {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: cuts.last ?? 0
        case 1...2: beforeSyncs.randomElement(using: &generator) ?? 0
        default: cuts.randomElement(using: &generator) ?? 0
        }
    }

    mutating func begin(changes: Int) {
        end = changes - Int.random(in: 0...min(changes, Self.mostInFlight), using: &generator)
    }

    mutating func keeps(change number: Int) -> Bool {
        isInOrder ? number < end : Double.random(in: 0..<1, using: &generator) < names
    }

    mutating func keepsBytes() -> Bool {
        Double.random(in: 0..<1, using: &generator) < bytes
    }
}
