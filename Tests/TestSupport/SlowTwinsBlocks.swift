package import Engine

/// What the numbers of a block are, one at a time.
extension SlowTwins {
    /// The numbers of a block that begins at `start`.
    package static func widen(_ kind: CompactKind, _ bytes: [UInt8], at start: Int) -> [Float] {
        let block = Array(bytes[start..<start + kind.blockBytes])
        return switch kind {
        case .f16: [half(block, 0)]
        case .bf16: [Float(bitPattern: UInt32(block[1]) << 24 | UInt32(block[0]) << 16)]
        case .q4_0: (0..<32).map { half(block, 0) * Float(nibble(block, 2, $0) - 8) }
        case .q4_1: (0..<32).map { half(block, 0) * Float(nibble(block, 4, $0)) + half(block, 2) }
        case .q5_0: (0..<32).map { half(block, 0) * Float(nibble(block, 6, $0) + 16 * bit(block, 2, $0) - 16) }
        case .q5_1:
            (0..<32).map { half(block, 0) * Float(nibble(block, 8, $0) + 16 * bit(block, 4, $0)) + half(block, 2) }
        case .q8_0: (0..<32).map { half(block, 0) * Float(Int8(bitPattern: block[2 + $0])) }
        case .q4K: (0..<256).map { superBlock(block, $0, high: nil, low: 16) }
        case .q5K: (0..<256).map { superBlock(block, $0, high: 16, low: 48) }
        case .q6K: (0..<256).map { sixBits(block, $0) }
        }
    }

    /// Two bytes as binary16, by its definition.
    private static func half(_ block: [UInt8], _ at: Int) -> Float {
        let bits = Int(block[at]) + 256 * Int(block[at + 1])
        let (exponent, fraction) = (bits >> 10 & 31, Float(bits & 1023))
        let magnitude: Float =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }

    /// Half i of 16 bytes: their low halves, then their high ones.
    private static func nibble(_ block: [UInt8], _ at: Int, _ i: Int) -> Int {
        Int(block[at + i % 16]) >> (i < 16 ? 0 : 4) & 15
    }

    private static func bit(_ block: [UInt8], _ at: Int, _ i: Int) -> Int { Int(block[at + i / 8]) >> (i % 8) & 1 }

    /// (d sc) q - (dmin mn) of Q4_K and, with fifth bits, Q5_K.
    private static func superBlock(_ block: [UInt8], _ i: Int, high: Int?, low: Int) -> Float {
        let (s, j, b) = (i / 32, i % 32, block[4..<16].map { Int($0) })
        let scale = s < 4 ? b[s] & 63 : b[s + 4] & 15 | (b[s - 4] >> 6) << 4
        let minimum = s < 4 ? b[s + 4] & 63 : b[s + 4] >> 4 | (b[s] >> 6) << 4
        var q = Int(block[low + 32 * (s / 2) + j]) >> (s % 2 * 4) & 15
        if let high { q += 16 * (Int(block[high + j]) >> s & 1) }
        return (half(block, 0) * Float(scale)) * Float(q) - half(block, 2) * Float(minimum)
    }

    /// (d sc) (q - 32) of Q6_K.
    private static func sixBits(_ block: [UInt8], _ i: Int) -> Float {
        let (h, k, l) = (i / 128, i % 128 / 32, i % 32)
        let low = Int(block[64 * h + 32 * (k % 2) + l]) >> (k / 2 * 4) & 15
        let q = low + 16 * (Int(block[128 + 32 * h + l]) >> (2 * k) & 3)
        let scale = Int8(bitPattern: block[192 + i / 16])
        return (half(block, 208) * Float(scale)) * Float(q - 32)
    }
}
