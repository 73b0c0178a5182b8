/// Compressed frames made by hand (RFC 8878), so that they can be wrong.
struct ZstdFrame {
    /// 128 KiB of one byte take four bytes here.
    static let blockBytes = 128 << 10

    /// What the frame says its content measures; nil: nothing.
    var declared: UInt64?
    /// Nil: the frame says that it needs no more than its content.
    var windowLog: UInt8?
    var dictionary: UInt8?
    /// Blocks of zeros.
    var blocks = 1

    var bytes: [UInt8] {
        // 0xC0 and 0x00: eight bytes of content size, and none.
        var descriptor: UInt8 = declared == nil ? 0 : 0xC0
        if windowLog == nil { descriptor |= 0x20 }
        if dictionary != nil { descriptor |= 0x01 }
        var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, descriptor]
        if let windowLog { bytes.append((windowLog - 10) << 3) }
        if let dictionary { bytes.append(dictionary) }
        if let declared { bytes += (0..<8).map { UInt8(truncatingIfNeeded: declared >> (8 * $0)) } }
        for block in 1...blocks {
            // Bit 0: the last block; bits 1 and 2: one byte, repeated; the rest: how often.
            let header = (block == blocks ? 1 : 0) | 1 << 1 | Self.blockBytes << 3
            bytes += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + [0]
        }
        return bytes
    }

    /// Bytes that every reader must pass over.
    static func skippable(_ content: [UInt8]) -> [UInt8] {
        [0x50, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
    }
}
