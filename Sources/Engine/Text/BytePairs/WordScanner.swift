/// Splits a stretch of text into words by a grammar, trying the alternatives of its expression in their order.
struct WordScanner {
    private let grammar: WordGrammar
    private let text: [UInt8]
    private let end: Int
    private let classes = CharacterClasses.shared
    private let stopsAtDigits: Bool

    private static let space = UInt8(ascii: " ")

    /// `text`: valid UTF-8, of which the stretch ends at `end`.
    init(_ grammar: WordGrammar, _ text: [UInt8], end: Int) {
        self.grammar = grammar
        self.text = text
        self.end = end
        stopsAtDigits = grammar == .digitsFirst
    }

    /// Where the word ends that begins at `start`; words follow one another without gaps.
    func end(of start: Int) -> Int {
        switch grammar {
        case .gpt2: return gpt2(start)
        case .digitsFirst:
            let first = classes.look(text, start)
            return first.class.isDigit ? first.end : gpt2(start)
        case .qwen2: return llama3(start, mostNumbers: 1)
        case .llama3: return llama3(start, mostNumbers: 3)
        }
    }

    /// The character at a position; nil at the end, and at a digit where those are set apart.
    @inline(__always)
    private func look(_ position: Int) -> (class: CharacterClass, end: Int)? {
        guard position < end else { return nil }
        let found = classes.look(text, position)
        return stopsAtDigits && found.class.isDigit ? nil : found
    }

    /// Where a run of characters ends of which `belongs` is true.
    @inline(__always)
    private func run(_ position: Int, _ belongs: (CharacterClass) -> Bool) -> Int {
        var position = position
        while let next = look(position), belongs(next.class) { position = next.end }
        return position
    }

    private func gpt2(_ start: Int) -> Int {
        let first = text[start]
        if first == UInt8(ascii: "'"), let end = contraction(start + 1, ignoringCase: false) { return end }
        let begin = first == Self.space ? start + 1 : start
        guard let found = look(begin), !found.class.isSpace else { return space(start) }
        if found.class.isLetter { return run(found.end) { $0.isLetter } }
        if found.class.isNumber { return run(found.end) { $0.isNumber } }
        return run(found.end) { $0.isOther }
    }

    private func llama3(_ start: Int, mostNumbers: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let end = contraction(start + 1, ignoringCase: true) { return end }
        let first = classes.look(text, start)
        if first.class.isLetter { return run(first.end) { $0.isLetter } }
        if first.class.isNumber {
            var (position, count) = (first.end, 1)
            while count < mostNumbers, let next = look(position), next.class.isNumber {
                (position, count) = (next.end, count + 1)
            }
            return position
        }
        if !isLineEnd(text[start]), let next = look(first.end), next.class.isLetter {
            return run(next.end) { $0.isLetter }
        }
        let begin = text[start] == Self.space ? start + 1 : start
        if let found = look(begin), found.class.isOther {
            var position = run(found.end) { $0.isOther }
            while position < end, isLineEnd(text[position]) { position += 1 }
            return position
        }
        var (position, lastLineEnd) = (start, 0)
        while let next = look(position), next.class.isSpace {
            if isLineEnd(text[position]) { lastLineEnd = next.end }
            position = next.end
        }
        return lastLineEnd > 0 ? lastLineEnd : space(start)
    }

    /// `\s+(?!\S)|\s+`: a run of white space without its last character, if something follows that is none.
    private func space(_ start: Int) -> Int {
        var (position, last) = (start, start)
        while let next = look(position), next.class.isSpace { (last, position) = (position, next.end) }
        return look(position) == nil || last == start ? position : last
    }

    /// Where a contraction ends that begins behind an apostrophe; nil: there is none.
    private func contraction(_ position: Int, ignoringCase: Bool) -> Int? {
        guard position < end else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = text[position] | fold
        let second = position + 1 < end ? text[position + 1] | fold : 0
        switch (first, second) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return position + 1
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return position + 2
        default:
            // U+017F, the long s, is an s in the other case.
            return ignoringCase && text[position] == 0xC5 && text[position + 1] == 0xBF ? position + 2 : nil
        }
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
