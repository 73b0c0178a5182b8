internal import Synchronization

/// The tokens of short words that were seen lately: texts repeat their words, and looking one up is much faster than
/// merging it again.
struct WordCache: Sendable {
    /// Longer words, in bytes, and words of more tokens are not kept.
    static let longestWord = 16
    private static let mostTokens = 4
    private static let slotCount = 1 << 14

    /// The bytes of a word as two numbers.
    struct Key: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        let length: UInt8
    }

    private struct Slot: Sendable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var tokens = SIMD4<Int32>()
        var length: UInt8 = 0  // 0 where empty
        var count: UInt8 = 0
    }

    private var slots = [Slot](repeating: Slot(), count: slotCount)

    /// The key of a word; nil: it is too long. Behind the text `longestWord` bytes more can be read.
    @inline(__always)
    static func key(_ text: [UInt8], _ word: Range<Int>) -> Key? {
        guard word.count <= longestWord, word.upperBound + longestWord <= text.count else { return nil }
        var key = Key(length: UInt8(word.count))
        unsafe text.withUnsafeBytes { bytes in
            unsafe key.low = bytes.loadUnaligned(fromByteOffset: word.lowerBound, as: UInt64.self)
            unsafe key.high = bytes.loadUnaligned(fromByteOffset: word.lowerBound + 8, as: UInt64.self)
        }
        // What lies behind the word is shifted out.
        if word.count < 8 {
            key.high = 0
            key.low = word.isEmpty ? 0 : key.low.littleEndian << UInt64(64 - 8 * word.count)
        } else {
            key.low = key.low.littleEndian
            key.high = word.count == 8 ? 0 : key.high.littleEndian << UInt64(128 - 8 * word.count)
        }
        return key
    }

    /// Appends the tokens of a word; false: it is not known.
    @inline(__always)
    func append(_ key: Key, to output: inout [Int32]) -> Bool {
        let slot = slots[Self.index(key)]
        guard slot.length == key.length, slot.low == key.low, slot.high == key.high else { return false }
        for index in 0..<Int(slot.count) { output.append(slot.tokens[index]) }
        return true
    }

    /// Keeps the tokens of a word in the place of whichever word was there.
    mutating func insert(_ key: Key, _ tokens: ArraySlice<Int32>) {
        guard tokens.count <= Self.mostTokens else { return }
        var slot = Slot(low: key.low, high: key.high, length: key.length, count: UInt8(tokens.count))
        for (index, token) in tokens.enumerated() { slot.tokens[index] = token }
        slots[Self.index(key)] = slot
    }

    @inline(__always)
    private static func index(_ key: Key) -> Int {
        let hash = (key.low ^ (key.high &* 0xFF51_AFD7_ED55_8CCD)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 40) & (slotCount - 1)
    }
}

/// What threads that encode need for themselves, kept for the next one that does.
final class EncodingStates: Sendable {
    /// A cache, and the room in which words are merged.
    struct State: Sendable {
        var cache = WordCache()
        var merger = PairMerger()
    }

    private let idle = Mutex<[State]>([])

    /// Runs `body` with a state that nobody else uses.
    func with<Result>(_ body: (inout State) -> Result) -> Result {
        var state = idle.withLock { $0.popLast() } ?? State()
        defer { idle.withLock { [state] in $0.append(state) } }
        return body(&state)
    }
}
