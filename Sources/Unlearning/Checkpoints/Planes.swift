package import Engine

/// Numbers by planes: first the exponents of many, then the rest of their bytes, the most significant first.
///
/// A trained number's exponent is one of few, and its mantissa is noise. Side by side in one byte, as IEEE 754 has half
/// of the exponent and the sign, neither can be told apart; so a word is turned left by one bit, which makes its
/// highest byte the exponent and puts the sign at the end of the mantissa. (Both facts from ZipNN, Hershcovitch and
/// others 2024, arXiv 2411.05239.)
package enum Planes {
    /// Words are taken so many at a time: a piece and its copy fit into a processor's second cache.
    static let pieceWords = 1 << 16

    /// The pieces of a tensor, each with its words.
    static func pieces(_ bytes: Range<Int>, width: Width) -> [(start: Int, words: Int)] {
        stride(from: 0, to: bytes.count / width.rawValue, by: pieceWords).map { word in
            (
                bytes.lowerBound + word * width.rawValue,
                min(pieceWords, bytes.count / width.rawValue - word)
            )
        }
    }

    /// Bytes a word.
    package enum Width: Int, Sendable {
        case two = 2
        case four = 4

        /// Nil: words of this type stay as they are.
        package init?(_ type: ElementType) {
            switch type {
            case .f32: self = .four
            case .bf16: self = .two
            default: return nil
            }
        }
    }

    /// Turns every piece of a tensor into planes, in place.
    package static func split(_ content: inout [UInt8], _ bytes: Range<Int>, width: Width) {
        unsafe rearrange(&content, bytes, width: width) { source, target, words in
            switch width {
            case .four: unsafe split4(source, target, words)
            case .two: unsafe split2(source, target, words)
            }
        }
    }

    /// What was split becomes what it was, in place.
    package static func join(_ content: inout [UInt8], _ bytes: Range<Int>, width: Width) {
        unsafe rearrange(&content, bytes, width: width) { source, target, words in
            switch width {
            case .four: unsafe join4(source, target, words)
            case .two: unsafe join2(source, target, words)
            }
        }
    }

    /// Copies each piece aside and has it written anew in its place.
    private static func rearrange(
        _ content: inout [UInt8], _ bytes: Range<Int>, width: Width,
        _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int) -> Void
    ) {
        precondition(0 <= bytes.lowerBound && bytes.upperBound <= content.count, "the tensor is not in the content")
        let pieces = pieces(bytes, width: width)
        guard let longest = pieces.first?.words else { return }
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest * width.rawValue) { copy in
            unsafe content.withUnsafeMutableBufferPointer { content in
                guard let copy = copy.baseAddress, let start = content.baseAddress else { return }
                for piece in pieces {
                    let place = unsafe start + piece.start
                    unsafe copy.update(from: place, count: piece.words * width.rawValue)
                    unsafe body(copy, place, piece.words)
                }
            }
        }
    }

    private static func split4(
        _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ words: Int
    ) {
        let source = unsafe UnsafeRawPointer(source)
        let (first, second, third, fourth) = unsafe (
            target, target + words, target + 2 * words, target + 3 * words
        )
        for word in 0..<words {
            let bits = unsafe UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self))
            let turned = bits << 1 | bits >> 31
            unsafe first[word] = UInt8(truncatingIfNeeded: turned >> 24)
            unsafe second[word] = UInt8(truncatingIfNeeded: turned >> 16)
            unsafe third[word] = UInt8(truncatingIfNeeded: turned >> 8)
            unsafe fourth[word] = UInt8(truncatingIfNeeded: turned)
        }
    }

    private static func join4(
        _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ words: Int
    ) {
        let target = UnsafeMutableRawPointer(target)
        let (first, second, third, fourth) = unsafe (
            source, source + words, source + 2 * words, source + 3 * words
        )
        for word in 0..<words {
            let high = unsafe UInt32(first[word]) << 24 | UInt32(second[word]) << 16
            let turned = unsafe high | UInt32(third[word]) << 8 | UInt32(fourth[word])
            let bits = turned >> 1 | turned << 31
            unsafe target.storeBytes(of: bits.littleEndian, toByteOffset: 4 * word, as: UInt32.self)
        }
    }

    private static func split2(
        _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ words: Int
    ) {
        let source = unsafe UnsafeRawPointer(source)
        let (first, second) = unsafe (target, target + words)
        for word in 0..<words {
            let bits = unsafe UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * word, as: UInt16.self))
            let turned = bits << 1 | bits >> 15
            unsafe first[word] = UInt8(truncatingIfNeeded: turned >> 8)
            unsafe second[word] = UInt8(truncatingIfNeeded: turned)
        }
    }

    private static func join2(
        _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ words: Int
    ) {
        let target = UnsafeMutableRawPointer(target)
        let (first, second) = unsafe (source, source + words)
        for word in 0..<words {
            let turned = unsafe UInt16(first[word]) << 8 | UInt16(second[word])
            let bits = turned >> 1 | turned << 15
            unsafe target.storeBytes(of: bits.littleEndian, toByteOffset: 2 * word, as: UInt16.self)
        }
    }
}
