/// What each token adds to a text, in bytes: a character may be spread over several tokens.
struct TokenPieces: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]
    /// Whether a space at the beginning of a text is none of its own.
    private(set) var dropsFirstSpace = false

    /// The pieces of a byte pair encoding.
    init(_ definition: BytePairDefinition) {
        if case .characters(let prefix) = definition.form { dropsFirstSpace = prefix != .never }
        bytes.reserveCapacity(definition.tokens.bytes.count)
        ends.reserveCapacity(definition.tokens.count + 1)
        let literals = Set(definition.literals.map(\.id))
        for id in 0..<Int32(definition.tokens.count) {
            let text = definition.tokens.text(id)
            switch definition.kinds[Int(id)] {
            case .silent: break
            case .byte(let byte): bytes.append(byte)
            case .text:
                switch definition.form {
                case _ where literals.contains(id): bytes.append(contentsOf: text)
                case .bytes: bytes.append(contentsOf: ByteAlphabet.bytes(of: text) ?? Array(text))
                case .characters: append(spaced: text)
                }
            }
            ends.append(bytes.count)
        }
    }

    /// What a token adds.
    subscript(id: Int32) -> ArraySlice<UInt8> { bytes[ends[Int(id)]..<ends[Int(id) + 1]] }

    /// The text of tokens; bytes that are no character become U+FFFD.
    func text(_ ids: [Int32]) -> String {
        var text: [UInt8] = []
        for id in ids { text.append(contentsOf: self[id]) }
        let drops = dropsFirstSpace && text.first == UInt8(ascii: " ")
        return String(decoding: drops ? text.dropFirst() : text[...], as: UTF8.self)
    }

    private mutating func append(spaced text: ArraySlice<UInt8>) {
        var position = text.startIndex
        while position < text.endIndex {
            if text[position...].starts(with: BytePairDefinition.space) {
                bytes.append(UInt8(ascii: " "))
                position += BytePairDefinition.space.count
            } else {
                bytes.append(text[position])
                position += 1
            }
        }
    }
}
