/// A keyed permutation of 0 to count - 1 that needs no memory.
///
/// A Feistel network on the next power of four, walked until it comes back below the count.
struct RecordShuffle {
    private let count: UInt64
    private let half: UInt64
    private let keys: (UInt64, UInt64, UInt64, UInt64)

    init(count: Int, key: UInt64) {
        self.count = UInt64(count)
        let bits = UInt64(max(0, count - 1)).leadingZeroBitCount
        half = UInt64((64 - bits + 1) / 2)
        keys = (Self.mix(key), Self.mix(key &+ 1), Self.mix(key &+ 2), Self.mix(key &+ 3))
    }

    func callAsFunction(_ index: Int) -> Int {
        var value = UInt64(index)
        repeat { value = step(value) } while value >= count
        return Int(value)
    }

    private func step(_ value: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << half) - 1
        var (left, right) = (value >> half, value & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.0) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.1) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.2) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.3) & mask)
        return left << half | right
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
