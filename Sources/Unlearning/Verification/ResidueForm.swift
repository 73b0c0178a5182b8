internal import Engine
internal import Foundation

/// A way in which a word can lie in a file, and its bytes there.
struct ResidueForm: Sendable {
    let name: String
    let bytes: [UInt8]

    /// The chance that random letters spell it at one place: of the smallest alphabet that has all of its bytes, which
    /// are 16 hexadecimal digits, 64 letters of base64, or all 256 bytes. Digests, signatures and compressed numbers
    /// are such letters.
    var chance: Double {
        let (digits, letters) = (
            Set("0123456789".utf8), Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/".utf8)
        )
        let isHexadecimal = ["abcdef", "ABCDEF"].contains { digits.union($0.utf8).isSuperset(of: bytes) }
        let alphabet = isHexadecimal ? 16.0 : digits.union(letters).isSuperset(of: bytes) ? 64 : 256
        return pow(alphabet, -Double(bytes.count))
    }

    /// All ways that are looked for. `tokenizer`: turns the word into the ids that a model reads; nil: is not asked.
    static func all(of word: String, tokenizer: Tokenizer? = nil) -> [ResidueForm] {
        let utf8 = Array(word.utf8)
        var forms = [
            ResidueForm(name: "text", bytes: utf8),
            ResidueForm(name: "UTF-16, little-endian", bytes: word.utf16.flatMap { littleEndian(UInt64($0), 2) }),
            ResidueForm(
                name: "UTF-16, big-endian", bytes: word.utf16.flatMap { littleEndian(UInt64($0), 2).reversed() }),
            ResidueForm(name: "hexadecimal", bytes: Array(utf8.hexadecimal.utf8)),
            ResidueForm(name: "hexadecimal", bytes: Array(utf8.hexadecimal.uppercased().utf8))
        ]
        for isShort in [true, false] {
            for all in [false, true] {
                for isUpper in [false, true] {
                    let text = escaped(word, all: all, isShort: isShort, isUpper: isUpper)
                    forms.append(ResidueForm(name: "JSON", bytes: Array(text.utf8)))
                }
            }
        }
        forms += (0..<3).map { ResidueForm(name: "base64", bytes: base64(utf8, after: $0)) }
        if let tokenizer {
            // Without the special tokens at both ends; fewer than three ids could be anything.
            let ids = tokenizer.encode(word)
            for width in [4, 8] where ids.count >= 3 {
                forms.append(
                    ResidueForm(
                        name: "token ids", bytes: ids.flatMap { littleEndian(UInt64(UInt32(bitPattern: $0)), width) }))
            }
        }
        var seen: Set<[UInt8]> = []
        return forms.filter { !$0.bytes.isEmpty && seen.insert($0.bytes).inserted }
    }

    private static func littleEndian(_ value: UInt64, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A JSON string without its quotes. `all`: everything that is not ASCII as \u escapes, else as it is. `isShort`:
    /// \n and \t.
    private static func escaped(_ word: String, all: Bool, isShort: Bool, isUpper: Bool) -> String {
        word.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n" where isShort: "\\n"
            case "\t" where isShort: "\\t"
            case "\r" where isShort: "\\r"
            case _ where scalar.value < 0x20 || (all && scalar.value > 0x7E):
                String(scalar).utf16.map { unit in
                    let digits = String(unit, radix: 16, uppercase: isUpper)
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }.joined()
            default: String(scalar)
            }
        }.joined()
    }

    /// What base64 makes of the word where so many bytes stand before it in its group of three: only the letters that
    /// the word alone decides.
    private static func base64(_ bytes: [UInt8], after offset: Int) -> [UInt8] {
        let letters = Array(Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString().utf8)
        let first = [0, 2, 3][offset]
        let end = (offset + bytes.count) * 8 / 6
        return first < end ? Array(letters[first..<end]) : []
    }
}
