/// Widens stored elements to binary32, by the formulas of docs/numerics.md ("Stored weights").
///
/// Only the subtraction of Q4_K and Q5_K rounds; every other product and sum is exact, because the scales have 11 bits
/// and the integers at most 13. Scales of sub-blocks are formed first.
enum Widening {
    private typealias Block = UnsafePointer<UInt8>
    private typealias Values = UnsafeMutablePointer<Float>

    /// Widens whole blocks, as many as fill `target`.
    static func widen(
        _ type: StoredType, _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>
    ) {
        let blocks = target.count / type.blockElements
        precondition(source.count == blocks * type.blockBytes, "blocks and elements do not agree")
        guard let bytes = unsafe source.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let values = target.baseAddress
        else { return }
        switch type {
        case .f32: unsafe each(type, blocks, bytes, values) { unsafe $1[0] = Float(bitPattern: word($0)) }
        case .f16: unsafe each(type, blocks, bytes, values) { unsafe $1[0] = half($0) }
        case .bf16:
            unsafe each(type, blocks, bytes, values) { unsafe $1[0] = Float(bitPattern: UInt32(short($0)) << 16) }
        case .q4_0: unsafe each(type, blocks, bytes, values) { unsafe widenQ4($0, $1) }
        case .q4_1: unsafe each(type, blocks, bytes, values) { unsafe widenQ4WithMinimum($0, $1) }
        case .q5_0: unsafe each(type, blocks, bytes, values) { unsafe widenQ5($0, $1) }
        case .q5_1: unsafe each(type, blocks, bytes, values) { unsafe widenQ5WithMinimum($0, $1) }
        case .q8_0: unsafe each(type, blocks, bytes, values) { unsafe widenQ8($0, $1) }
        case .q4K: unsafe each(type, blocks, bytes, values) { unsafe widenQ4K($0, $1) }
        case .q5K: unsafe each(type, blocks, bytes, values) { unsafe widenQ5K($0, $1) }
        case .q6K: unsafe each(type, blocks, bytes, values) { unsafe widenQ6K($0, $1) }
        }
    }

    @inline(__always)
    private static func each(
        _ type: StoredType, _ blocks: Int, _ bytes: Block, _ values: Values, _ widen: (Block, Values) -> Void
    ) {
        let (blockBytes, blockElements) = (type.blockBytes, type.blockElements)
        for block in 0..<blocks {
            // Inside both buffers: the caller compared their lengths with the number of blocks.
            unsafe widen(bytes + block * blockBytes, values + block * blockElements)
        }
    }

    /// x = d (q - 8), q the low halves of 16 bytes, then the high ones.
    private static func widenQ4(_ block: Block, _ x: Values) {
        let d = unsafe half(block)
        for j in 0..<16 {
            let byte = unsafe Int32(block[2 + j])
            unsafe x[j] = d * Float((byte & 15) &- 8)
            unsafe x[j + 16] = d * Float((byte >> 4) &- 8)
        }
    }

    /// x = d q + m.
    private static func widenQ4WithMinimum(_ block: Block, _ x: Values) {
        let (d, m) = unsafe (half(block), half(block + 2))
        for j in 0..<16 {
            let byte = unsafe Int32(block[4 + j])
            unsafe x[j] = d * Float(byte & 15) + m
            unsafe x[j + 16] = d * Float(byte >> 4) + m
        }
    }

    /// x = d (q - 16); the fifth bits of all elements lie before their halves of bytes.
    private static func widenQ5(_ block: Block, _ x: Values) {
        let (d, high) = unsafe (half(block), word(block + 2))
        for j in 0..<16 {
            let byte = unsafe UInt32(block[6 + j])
            let (low, upper) = (byte & 15 | (high >> UInt32(j) & 1) << 4, byte >> 4 | (high >> UInt32(j + 16) & 1) << 4)
            unsafe x[j] = d * Float(Int32(bitPattern: low) &- 16)
            unsafe x[j + 16] = d * Float(Int32(bitPattern: upper) &- 16)
        }
    }

    /// x = d q + m.
    private static func widenQ5WithMinimum(_ block: Block, _ x: Values) {
        let (d, m, high) = unsafe (half(block), half(block + 2), word(block + 4))
        for j in 0..<16 {
            let byte = unsafe UInt32(block[8 + j])
            let (low, upper) = (byte & 15 | (high >> UInt32(j) & 1) << 4, byte >> 4 | (high >> UInt32(j + 16) & 1) << 4)
            unsafe x[j] = d * Float(Int32(bitPattern: low)) + m
            unsafe x[j + 16] = d * Float(Int32(bitPattern: upper)) + m
        }
    }

    /// x = d q, q a signed byte.
    private static func widenQ8(_ block: Block, _ x: Values) {
        let d = unsafe half(block)
        for j in 0..<32 { unsafe x[j] = d * Float(Int8(bitPattern: block[2 + j])) }
    }

    /// x = (d sc) q - (dmin mn), with sc and mn of 8 sub-blocks of 32 elements.
    private static func widenQ4K(_ block: Block, _ x: Values) {
        let (d, dmin) = unsafe (half(block), half(block + 2))
        for s in 0..<8 {
            let (sc, mn) = unsafe scale(block + 4, s)
            let (a, b) = (d * Float(sc), dmin * Float(mn))
            let (data, shift) = unsafe (block + 16 + 32 * (s / 2), UInt8(s % 2 * 4))
            for j in 0..<32 { unsafe x[32 * s + j] = a * Float(Int32(data[j] >> shift & 15)) - b }
        }
    }

    /// As Q4_K, with bit s of 32 bytes as the fifth bits of sub-block s.
    private static func widenQ5K(_ block: Block, _ x: Values) {
        let (d, dmin) = unsafe (half(block), half(block + 2))
        for s in 0..<8 {
            let (sc, mn) = unsafe scale(block + 4, s)
            let (a, b) = (d * Float(sc), dmin * Float(mn))
            let (high, data) = unsafe (block + 16, block + 48 + 32 * (s / 2))
            let (place, shift) = (UInt8(s), UInt8(s % 2 * 4))
            for j in 0..<32 {
                let q = unsafe data[j] >> shift & 15 | (high[j] >> place & 1) << 4
                unsafe x[32 * s + j] = a * Float(Int32(q)) - b
            }
        }
    }

    /// x = (d sc) (q - 32), with signed scales of 16 sub-blocks of 16 elements.
    private static func widenQ6K(_ block: Block, _ x: Values) {
        let d = unsafe half(block + 208)
        for h in 0..<2 {
            for k in 0..<4 {
                let low = unsafe block + 64 * h + 32 * (k % 2)
                let high = unsafe block + 128 + 32 * h
                let (shift, place) = (UInt8(k / 2 * 4), UInt8(2 * k))
                for part in 0..<2 {
                    let a = unsafe d * Float(Int8(bitPattern: block[192 + 8 * h + 2 * k + part]))
                    for l in 16 * part..<16 * part + 16 {
                        let q = unsafe low[l] >> shift & 15 | (high[l] >> place & 3) << 4
                        unsafe x[128 * h + 32 * k + l] = a * Float(Int32(q) &- 32)
                    }
                }
            }
        }
    }

    /// The two numbers of 6 bits that sub-block `s` has in the 12 bytes of scales of Q4_K and Q5_K.
    private static func scale(_ b: Block, _ s: Int) -> (sc: UInt8, mn: UInt8) {
        if s < 4 { return unsafe (b[s] & 63, b[s + 4] & 63) }
        return unsafe (b[s + 4] & 15 | (b[s - 4] >> 6) << 4, b[s + 4] >> 4 | (b[s] >> 6) << 4)
    }

    private static func half(_ bytes: Block) -> Float { unsafe Float(halfBits: short(bytes)) }

    private static func short(_ bytes: Block) -> UInt16 { unsafe UInt16(bytes[0]) | UInt16(bytes[1]) << 8 }

    private static func word(_ bytes: Block) -> UInt32 {
        unsafe UInt32(short(bytes)) | UInt32(short(bytes + 2)) << 16
    }
}
