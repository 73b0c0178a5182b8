package import Engine

/// The formulas of docs/numerics.md for stored weights, element by element in binary64 and rounded once at the end:
/// none of them needs more digits.
extension SlowTwins {
    /// The elements of whole blocks of a type.
    package static func widened(_ type: StoredType, _ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count, by: type.blockBytes).flatMap { start in
            let block = Array(bytes[start..<start + type.blockBytes])
            return (0..<type.blockElements).map { Float(element(type, block, $0)) }
        }
    }

    private static func element(_ type: StoredType, _ b: [UInt8], _ i: Int) -> Double {
        func half(_ at: Int) -> Double { binary16(UInt16(b[at]) | UInt16(b[at + 1]) << 8) }
        // Half a byte: the low ones of 16 bytes, then the high ones.
        func nibble(_ at: Int) -> Int { Int(i < 16 ? b[at + i] & 15 : b[at + i - 16] >> 4) }
        func fifth(_ at: Int) -> Int { Int(b[at + i / 8] >> UInt8(i % 8) & 1) << 4 }
        switch type {
        case .f32:
            return Double(Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(b[$1]) << (8 * UInt32($1)) }))
        case .f16: return half(0)
        case .bf16: return Double(Float(bitPattern: UInt32(b[0]) << 16 | UInt32(b[1]) << 24))
        case .q4_0: return half(0) * Double(nibble(2) - 8)
        case .q4_1: return half(0) * Double(nibble(4)) + half(2)
        case .q5_0: return half(0) * Double((nibble(6) | fifth(2)) - 16)
        case .q5_1: return half(0) * Double(nibble(8) | fifth(4)) + half(2)
        case .q8_0: return half(0) * Double(Int8(bitPattern: b[2 + i]))
        case .q4K, .q5K:
            let (s, j) = (i / 32, i % 32)
            let scales = b[4..<16].map { Int($0) }
            let sc = s < 4 ? scales[s] % 64 : scales[s + 4] % 16 + scales[s - 4] / 64 * 16
            let mn = s < 4 ? scales[s + 4] % 64 : scales[s + 4] / 16 + scales[s] / 64 * 16
            let byte = Int(b[(type == .q4K ? 16 : 48) + 32 * (s / 2) + j])
            var q = s % 2 == 0 ? byte % 16 : byte / 16
            if type == .q5K { q += Int(b[16 + j] >> UInt8(s) & 1) * 16 }
            return half(0) * Double(sc * q) - half(2) * Double(mn)
        case .q6K:
            let (h, k, l) = (i / 128, i % 128 / 32, i % 32)
            let byte = Int(b[64 * h + 32 * (k % 2) + l])
            let q = (k < 2 ? byte % 16 : byte / 16) + Int(b[128 + 32 * h + l] >> UInt8(2 * k) & 3) * 16
            let scale = half(208) * Double(Int8(bitPattern: b[192 + 8 * h + 2 * k + l / 16]))
            return scale * Double(q - 32)
        }
    }

    private static func binary16(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
        let significand = exponent == 0 ? fraction : 1 + fraction
        let magnitude = Double(sign: .plus, exponent: max(exponent, 1) - 15, significand: significand)
        return bits >> 15 == 0 ? magnitude : -magnitude
    }
}
