/// Watches a text that comes in pieces for the texts that end it. What could be the beginning of one is held back.
struct StopTexts: Sendable {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    /// Stops that are not empty.
    init(_ stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    /// What is certain with one more piece, and whether a stop was found, which is left out with all that follows.
    mutating func take(_ piece: String) -> (text: String, isStopped: Bool) {
        held += piece.utf8
        if let end = held.indices.first(where: { start in stops.contains { held[start...].starts(with: $0) } }) {
            return (release(end), true)
        }
        let kept = held.indices.first { start in
            stops.contains { $0.count > held.count - start && $0.starts(with: held[start...]) }
        }
        return (release(kept ?? held.count), false)
    }

    /// What was held back when nothing more comes.
    mutating func finish() -> String { release(held.count) }

    private mutating func release(_ count: Int) -> String {
        defer { held.removeFirst(count) }
        return String(decoding: held[..<count], as: UTF8.self)
    }
}
