/// Why a text is not the JSON that this program accepts, and at which byte.
package struct JSONFault: Error, Equatable, Sendable {
    /// What is wrong, by the rule that is broken.
    package enum Kind: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case invalidUTF8
        case controlCharacter
        case badEscape
        case loneSurrogate
        case badNumber
        case duplicateKey(String)
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
        case trailingBytes
    }

    /// What is wrong.
    package let kind: Kind
    /// The byte of the text at which it was found, from 0.
    package let offset: Int

    /// Says what is wrong with a text, and at which byte.
    package init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension JSONFault: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String { "\(wording) at byte \(offset) of the JSON text" }

    private var wording: String {
        switch kind {
        case .unexpectedEnd: "the text ends too early"
        case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
        case .invalidUTF8: "invalid UTF-8"
        case .controlCharacter: "unescaped control character"
        case .badEscape: "unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .badNumber: "malformed number"
        case .duplicateKey(let key): "duplicate key \"\(key)\""
        case .tooDeep(let limit): "more than \(limit) levels of nesting"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .trailingBytes: "something follows the end"
        }
    }
}
