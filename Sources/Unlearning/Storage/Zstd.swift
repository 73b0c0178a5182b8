internal import CZstd

/// The one door to libzstd.
package enum Zstd {
    /// No frame of ours needs a larger window; a frame that asks for one is not ours.
    static let windowLogLimit: Int32 = 27

    /// How hard repeats are looked for.
    package enum Search {
        /// The least that libzstd can be told to do: bytes are only given codes by how often they come. It suits noise
        /// and exponents.
        case none
        /// With one of libzstd's levels.
        case level(Int32)
    }

    /// `cuts`: Where a block of the frame must end, ascending; each block has a table of codes of its own, or is stored
    /// as it is.
    package static func compress(
        _ bytes: [UInt8], search: Search = .level(3), cuts: [Int] = []
    ) throws(StorageError) -> [UInt8] {
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
        defer { unsafe ZSTD_freeCCtx(context) }
        for (parameter, value) in parameters(search) {
            _ = unsafe ZSTD_CCtx_setParameter(context, parameter, value)
        }
        _ = unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(bytes.count))
        // Three bytes more for every block that there would not be without a cut.
        let capacity = ZSTD_compressBound(bytes.count) + 4 * cuts.count
        let ends = cuts.filter { 0 < $0 && $0 < bytes.count } + [bytes.count]
        let packed = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
                var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                var start = 0
                for end in ends {
                    var input = unsafe ZSTD_inBuffer(
                        src: source.baseAddress.map { unsafe $0 + start }, size: end - start, pos: 0)
                    let left = unsafe ZSTD_compressStream2(
                        context, &output, &input, end == bytes.count ? ZSTD_e_end : ZSTD_e_flush)
                    // There is room for all of it, so something is left only where an error was.
                    guard left == 0 else { return }
                    start = end
                }
                count = unsafe output.pos
            }
        }
        guard !packed.isEmpty else { throw .outOfMemory }
        return packed
    }

    private static func parameters(_ search: Search) -> [(ZSTD_cParameter, Int32)] {
        switch search {
        case .level(let level): [(ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1)]
        case .none:
            // The strategy that looks least, for the longest repeats that it can be told, in the smallest table.
            [
                (ZSTD_c_compressionLevel, 1), (ZSTD_c_checksumFlag, 1), (ZSTD_c_windowLog, 17),
                (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)), (ZSTD_c_minMatch, 7), (ZSTD_c_hashLog, 6),
                (ZSTD_c_targetLength, 0)
            ]
        }
    }

    /// What a frame says that its content measures; nil where it says nothing.
    static func contentSize(_ bytes: [UInt8]) -> Int? {
        let size = unsafe bytes.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two highest numbers mean "unknown" and "no frame".
        return size >= UInt64.max - 1 ? nil : Int(exactly: size)
    }

    /// Whether these bytes are one frame as `compress` writes it, with content of this size, and nothing before or
    /// behind it.
    ///
    /// Other frames may hold the same content; a checkpoint that comes in one was not written here.
    static func isOwnFrame(_ bytes: [UInt8], size: Int) -> Bool {
        // RFC 8878, 3.1.1: magic number, descriptor (0x03 a dictionary, 0x04 a checksum, 0x18 nothing, 0x20 no window),
        // window.
        guard bytes.count > 5, bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]), contentSize(bytes) == size,
            bytes[4] & 0x1B == 0, bytes[4] & 0x04 != 0,
            bytes[4] & 0x20 != 0 || bytes[5] <= UInt8(windowLogLimit - 10) << 3
        else { return false }
        let end = unsafe bytes.withUnsafeBytes { unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        return end == bytes.count
    }

    /// `size`: What the caller's own records say the content measures; more than that is never written.
    package static func decompress(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        // Four bytes stand for 128 KiB at most, so a size beyond that is not the content's, and no memory is taken for
        // it.
        guard size >= 0, size >> 15 <= bytes.count else { return nil }
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        defer { unsafe ZSTD_freeDCtx(context) }
        _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogLimit)
        var isWhole = false
        let content = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: size) { target, count in
                let written = unsafe ZSTD_decompressDCtx(
                    context, target.baseAddress, size, source.baseAddress, source.count)
                isWhole = ZSTD_isError(written) == 0 && written == size
                count = isWhole ? size : 0
            }
        }
        return isWhole ? content : nil
    }
}
