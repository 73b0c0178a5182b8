/// How byte-level vocabularies write bytes, so that every token can be printed.
///
/// Bytes that are visible in Latin-1 stand for themselves; the other 68 are, in their order, the characters from U+0100
/// on.
enum ByteAlphabet {
    /// The character of each byte, as UTF-8.
    static let characters: [[UInt8]] = (0..<256).map { byte in
        [UInt8](String(Character(scalars[byte])).utf8)
    }

    private static let scalars: [Unicode.Scalar] = {
        var hidden: UInt8 = 0
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 33...126, 161...172, 174...255: return Unicode.Scalar(byte)
            default:
                defer { hidden += 1 }
                // At most U+0143, so no surrogate.
                return Unicode.Scalar(0x100 + UInt16(hidden)) ?? " "
            }
        }
    }()

    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
        return bytes
    }()

    /// The bytes that a token's text stands for; nil: a character stands for no byte.
    static func bytes(of text: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let first = text[position]
            var scalar = Int(first)
            position += 1
            if first >= 0x80 {
                // All characters of the alphabet have at most two bytes.
                guard 0xC2...0xC5 ~= first, position < text.endIndex else { return nil }
                scalar = Int(first & 0x1F) << 6 | Int(text[position] & 0x3F)
                position += 1
            }
            guard scalar < bytes.count, let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
