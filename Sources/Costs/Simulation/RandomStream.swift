internal import Engine

/// Numbers drawn one after the other from a stream of its own: for each seed, run and purpose.
///
/// What one purpose draws moves no number of another, so two policies can be compared on the same requests.
struct RandomStream {
    enum Purpose: UInt32 {
        case arrivals, records, owners, placement, measurement, survey
    }

    private let philox: Philox
    private var counter: UInt64 = 0

    init(seed: UInt64, run: Int, purpose: Purpose) {
        philox = Philox(key: Self.key(seed: seed, run: run, purpose: purpose))
    }

    static func key(seed: UInt64, run: Int, purpose: Purpose) -> UInt64 {
        let words = Philox(key: seed).block(SIMD4(UInt32(truncatingIfNeeded: run), purpose.rawValue, 0, 0x5155_4555))
        return UInt64(words[0]) | UInt64(words[1]) << 32
    }

    mutating func word() -> UInt64 {
        defer { counter &+= 1 }
        return philox.word(at: counter)
    }

    /// Above 0 and below 1, so that its logarithm is finite.
    mutating func unit() -> Double { (Double(word() >> 12) + 0.5) * 0x1p-52 }

    /// One of 0 to limit - 1.
    mutating func below(_ limit: Int) -> Int { Int(word().multipliedFullWidth(by: UInt64(limit)).high) }
}
