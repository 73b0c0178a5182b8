internal import Crypto
internal import Foundation

/// Philox4x32-10, a counter-based random function (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// Nothing is stored and nothing is shared: a number depends on the key and the counter only, so that taking one record
/// away moves no other record's numbers.
package struct Philox: Sendable {
    private let key: SIMD2<UInt32>

    /// The random function of a key.
    package init(key: UInt64) {
        self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// A stream of its own for every purpose and context: the key is the start of
    /// SHA-256("sisa numerics 1", seed, purpose, context), each part preceded by its length.
    package init(seed: UInt64, purpose: String, context: [String]) {
        var hash = SHA256()
        for part in ["sisa numerics \(numericsVersion)", String(seed), purpose] + context {
            let bytes = Array(part.utf8)
            hash.update(data: UInt64(bytes.count).bigEndianBytes)
            hash.update(data: bytes)
        }
        var key: UInt64 = 0
        for byte in hash.finalize().prefix(8) { key = key << 8 | UInt64(byte) }
        self.init(key: key)
    }

    /// The four words at a counter.
    package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) * UInt64(c[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(c[2])
            c = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first))
            k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return c
    }

    /// 64 random bits at a counter.
    package func word(at counter: UInt64) -> UInt64 {
        let words = block(
            SIMD4(UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0))
        return UInt64(words[0]) | UInt64(words[1]) << 32
    }

    /// A number of [-bound, bound): 24 random bits, so that every step of the way there is exact but the last product.
    package func uniform(at counter: UInt64, bound: Float) -> Float {
        let bits = Int32(word(at: counter) >> 40) - (1 << 23)
        return Float(bits) * 0x1p-23 * bound
    }

    /// `count` numbers of [-bound, bound), at counters 0, 1, ...
    package func uniforms(_ count: Int, bound: Float) -> [Float] {
        (0..<count).map { uniform(at: UInt64($0), bound: bound) }
    }
}

/// The version of docs/numerics.md that this build follows. It enters every digest.
package let numericsVersion = 1

extension UInt64 {
    /// The eight bytes, most significant first: the form in which numbers enter digests.
    package var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) }
    }
}
