/// Makes text of tokens that come one by one; never half a character.
package struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private var pending: [UInt8] = []  // the beginning of a character
    private var isBeginning = true  // whether nothing has been said yet
    private var ids: [Int32] = []  // of words: all so far
    private var said = 0  // of the text of `ids`, in bytes

    /// A decoder that has seen nothing.
    package init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    /// The text that became certain with one more token; empty while a character is not whole. Control tokens leave no
    /// trace.
    package mutating func next(_ token: Int32) -> String {
        switch tokenizer {
        case .wordPiece(let tokenizer):
            ids.append(token)
            let text = tokenizer.decode(ids).utf8
            defer { said = text.count }
            return String(decoding: text.dropFirst(said), as: UTF8.self)
        case .bytePairs(let tokenizer):
            pending.append(contentsOf: tokenizer.pieces[token])
            if isBeginning, let first = pending.first {
                isBeginning = false
                if tokenizer.pieces.dropsFirstSpace, first == UInt8(ascii: " ") { pending.removeFirst() }
            }
            let certain = pending.count - Self.unfinished(pending)
            defer { pending.removeFirst(certain) }
            return String(decoding: pending.prefix(certain), as: UTF8.self)
        }
    }

    /// What is left at the end: bytes that never became a character, as U+FFFD.
    package mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end are the beginning of a character that more bytes could finish.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let first = bytes[bytes.count - length]
            if first < 0x80 { return 0 }
            guard first >= 0xC0 else { continue }
            let whole = first < 0xC2 || first > 0xF4 ? 1 : UTF8Scalar.length(first)
            return length < whole && (length == 1 || seconds(first) ~= bytes[bytes.count - length + 1]) ? length : 0
        }
        return 0
    }

    /// Which bytes may follow the first one of a character: not all, or a character would have several forms.
    private static func seconds(_ first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
