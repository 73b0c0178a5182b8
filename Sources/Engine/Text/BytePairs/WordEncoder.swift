/// Splits a text into words and turns each into tokens.
struct WordEncoder: Sendable {
    private let form: BytePairDefinition.Form
    private let vocabulary: TokenTable
    private let isText: [Bool]  // by id
    private let pairs: PairTable
    private let takesWholeWords: Bool
    private let byteTokens: [Int32]  // by byte; -1 where it has none
    private let unknown: Int32?
    private let fusesUnknown: Bool
    /// Whether no token has a space behind something else: then what lies between two is merged by itself.
    private let splitsAtSpaces: Bool

    init(_ definition: BytePairDefinition) {
        form = definition.form
        vocabulary = definition.tokens
        isText = definition.kinds.map { if case .text = $0 { true } else { false } }
        pairs = definition.pairs
        takesWholeWords = definition.takesWholeWords
        (unknown, fusesUnknown) = (definition.unknown, definition.fusesUnknown)
        var byteTokens = [Int32](repeating: -1, count: 256)
        for (id, kind) in definition.kinds.enumerated() {
            if case .byte(let byte) = kind { byteTokens[Int(byte)] = Int32(id) }
        }
        if case .bytes = form {
            byteTokens = ByteAlphabet.characters.map { definition.tokens.id(of: $0) ?? -1 }
        }
        self.byteTokens = byteTokens
        if case .bytes = form {
            splitsAtSpaces = false
        } else {
            splitsAtSpaces = definition.tokens.allTexts { Self.spaceInside($0) == nil }
        }
    }

    /// Appends the tokens of a stretch of text without literal tokens. `isFirst`: nothing comes before it.
    func append(
        _ text: PaddedText, _ range: Range<Int>, isFirst: Bool, _ state: inout EncodingStates.State,
        to output: inout [Int32]
    ) {
        switch form {
        case .bytes(let grammar):
            let scanner = WordScanner(grammar, text.bytes, end: range.upperBound)
            var start = range.lowerBound
            while start < range.upperBound {
                let end = scanner.end(of: start)
                append(text.bytes, start..<end, &state, to: &output)
                start = end
            }
        case .characters(let prefix):
            let text = Self.spaced(text.bytes[range], prefix, isFirst: isFirst)
            var start = 0
            while start < text.count {
                let end = splitsAtSpaces ? Self.wordEnd(text, start) : text.count
                append(text.bytes, start..<end, &state, to: &output)
                start = end
            }
        }
    }

    private func append(
        _ text: [UInt8], _ word: Range<Int>, _ state: inout EncodingStates.State, to output: inout [Int32]
    ) {
        let key = WordCache.key(text, word)
        if let key, state.cache.append(key, to: &output) { return }
        let start = output.count
        if takesWholeWords, let token = wholeWord(text, word) {
            output.append(token)
        } else {
            collect(text, word, into: &state.merger.symbols)
            state.merger.merge(pairs)
            output.append(contentsOf: state.merger.symbols)
        }
        if let key { state.cache.insert(key, output[start...]) }
    }

    private func wholeWord(_ text: [UInt8], _ word: Range<Int>) -> Int32? {
        var found = vocabulary.id(of: text, word)
        if case .bytes = form { found = vocabulary.id(of: text[word].flatMap { ByteAlphabet.characters[Int($0)] }) }
        return found.flatMap { isText[Int($0)] ? $0 : nil }
    }

    /// The tokens of the word's bytes or characters. What has none is the unknown token, or nothing where there is
    /// none: then its neighbours become neighbours.
    private func collect(_ text: [UInt8], _ word: Range<Int>, into symbols: inout [Int32]) {
        symbols.removeAll(keepingCapacity: true)
        var position = word.lowerBound
        var lastIsUnknown = false
        while position < word.upperBound {
            var end = position + 1
            var token: Int32
            if case .bytes = form {
                token = byteTokens[Int(text[position])]
            } else {
                end = position + UTF8Scalar.length(text[position])
                token = vocabulary.id(of: text, position..<end) ?? -1
                if token < 0 || !isText[Int(token)] {
                    token = -1
                    if (position..<end).allSatisfy({ byteTokens[Int(text[$0])] >= 0 }) {
                        symbols.append(contentsOf: (position..<end).map { byteTokens[Int(text[$0])] })
                        (position, lastIsUnknown) = (end, false)
                        continue
                    }
                }
            }
            if token >= 0 {
                symbols.append(token)
            } else if let unknown, !(lastIsUnknown && fusesUnknown) {
                symbols.append(unknown)
            }
            (position, lastIsUnknown) = (end, token < 0)
        }
    }

    // MARK: Spaces as characters

    private static func spaced(
        _ text: ArraySlice<UInt8>, _ prefix: BytePairDefinition.SpacePrefix, isFirst: Bool
    ) -> PaddedText {
        let space = BytePairDefinition.space
        let isThere = text.first == UInt8(ascii: " ") || text.starts(with: space)
        let isWanted =
            switch prefix {
            case .never: false
            case .always: true
            case .whereMissing: !isThere
            case .atBeginning: !isThere && isFirst
            }
        var bytes = isWanted && !text.isEmpty ? space : []
        bytes.reserveCapacity(text.count * 2)
        for byte in text {
            if byte == UInt8(ascii: " ") { bytes.append(contentsOf: space) } else { bytes.append(byte) }
        }
        return PaddedText(bytes)
    }

    private static func isSpace(_ text: [UInt8], _ position: Int) -> Bool {
        text[position] == space[0] && text[position + 1] == space[1] && text[position + 2] == space[2]
    }

    private static let space = BytePairDefinition.space

    /// Where the word ends that begins at `start`: before the next space behind something else.
    private static func wordEnd(_ text: PaddedText, _ start: Int) -> Int {
        var position = start
        while position < text.count, isSpace(text.bytes, position) { position += space.count }
        while position < text.count, !isSpace(text.bytes, position) { position += 1 }
        return position
    }

    /// Where a space lies behind something else; nil: nowhere.
    private static func spaceInside(_ text: ArraySlice<UInt8>) -> Int? {
        var wasSpace = true
        var position = text.startIndex
        while position < text.endIndex {
            let isSpace = text[position...].starts(with: space)
            if isSpace, !wasSpace { return position }
            wasSpace = isSpace
            position += isSpace ? space.count : 1
        }
        return nil
    }
}
