internal import CZstd

/// The one door to libzstd.
enum Zstd {
    static let level: Int32 = 3
    /// No frame of ours needs a larger window; a frame that asks for one is not ours.
    static let windowLogLimit: Int32 = 27

    static func compress(_ bytes: [UInt8]) throws(CheckpointError) -> [UInt8] {
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
        defer { unsafe ZSTD_freeCCtx(context) }
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let written = unsafe bytes.withUnsafeBytes { source in
            unsafe result.withUnsafeMutableBytes { target in
                unsafe ZSTD_compress2(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        guard ZSTD_isError(written) == 0 else { throw .outOfMemory }
        result.removeLast(result.count - written)
        return result
    }

    /// What a frame says that its content measures; nil where it says nothing.
    static func contentSize(_ bytes: [UInt8]) -> Int? {
        let size = unsafe bytes.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two highest numbers mean "unknown" and "no frame".
        return size >= UInt64.max - 1 ? nil : Int(exactly: size)
    }

    /// Whether these bytes are one frame as `compress` writes it, with content of this size, and nothing before or behind it.
    ///
    /// Other frames may hold the same content; a checkpoint that comes in one was not written here.
    static func isOwnFrame(_ bytes: [UInt8], size: Int) -> Bool {
        // RFC 8878, 3.1.1: magic number, descriptor (0x03 a dictionary, 0x04 a checksum, 0x20 no window), window.
        guard bytes.count > 5, bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]), contentSize(bytes) == size,
            bytes[4] & 0x03 == 0, bytes[4] & 0x04 != 0,
            bytes[4] & 0x20 != 0 || bytes[5] <= UInt8(windowLogLimit - 10) << 3
        else { return false }
        let end = unsafe bytes.withUnsafeBytes { unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        return end == bytes.count
    }

    /// `size`: What the caller's own records say the content measures; more than that is never written.
    static func decompress(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        // Four bytes stand for 128 KiB at most, so a size beyond that is not the content's, and no memory is taken for it.
        guard size >= 0, size >> 15 <= bytes.count else { return nil }
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        defer { unsafe ZSTD_freeDCtx(context) }
        _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogLimit)
        var result = [UInt8](repeating: 0, count: size)
        let written = unsafe bytes.withUnsafeBytes { source in
            unsafe result.withUnsafeMutableBytes { target in
                unsafe ZSTD_decompressDCtx(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        return ZSTD_isError(written) == 0 && written == size ? result : nil
    }
}
