/// How a text is split into words, inside which bytes are merged: the regular expressions that models were trained
/// with, as scanners written by hand.
enum WordGrammar: Sendable, Equatable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    /// Each digit by itself first, then `gpt2` on each stretch between digits.
    case digitsFirst
    /// `llama3`, but each number by itself.
    case qwen2
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+`
    /// `|\s+(?!\S)|\s+`
    case llama3

    /// Where the word ends that begins at `start`; words follow one another without gaps.
    ///
    /// `text`: valid UTF-8; `end`: where it ends.
    func end(of start: Int, in text: [UInt8], end: Int, _ classes: CharacterClasses) -> Int {
        var scan = WordScan(text: text, end: end, classes: classes)
        switch self {
        case .gpt2: return scan.gpt2(start)
        case .digitsFirst:
            let first = classes.look(text, start)
            if first.class.contains(.digit) { return first.end }
            scan.stopsAtDigits = true
            return scan.gpt2(start)
        case .qwen2: return scan.llama3(start, mostNumbers: 1)
        case .llama3: return scan.llama3(start, mostNumbers: 3)
        }
    }
}

/// The scanners of the grammars: each tries the alternatives of its expression in their order.
private struct WordScan {
    let text: [UInt8]
    let end: Int
    let classes: CharacterClasses
    /// Whether a digit is as the end of the text.
    var stopsAtDigits = false

    private static let space = UInt8(ascii: " ")

    /// The character at a position; nil at the end.
    @inline(__always)
    private func look(_ position: Int) -> (class: CharacterClass, end: Int)? {
        guard position < end else { return nil }
        let found = classes.look(text, position)
        return stopsAtDigits && found.class.contains(.digit) ? nil : found
    }

    /// Where a run of characters ends of which `belongs` is true.
    @inline(__always)
    private func run(_ position: Int, _ belongs: (CharacterClass) -> Bool) -> Int {
        var position = position
        while let next = look(position), belongs(next.class) { position = next.end }
        return position
    }

    func gpt2(_ start: Int) -> Int {
        let first = text[start]
        if first == UInt8(ascii: "'"), let end = contraction(start + 1, ignoringCase: false) { return end }
        let begin = first == Self.space ? start + 1 : start
        guard let found = look(begin), !found.class.contains(.space) else { return space(start) }
        if found.class.contains(.letter) { return run(found.end) { $0.contains(.letter) } }
        if found.class.contains(.number) { return run(found.end) { $0.contains(.number) } }
        return run(found.end) { $0.isOther }
    }

    func llama3(_ start: Int, mostNumbers: Int) -> Int {
        let first = classes.look(text, start)
        if text[start] == UInt8(ascii: "'"), let end = contraction(start + 1, ignoringCase: true) { return end }
        if first.class.contains(.letter) { return run(first.end) { $0.contains(.letter) } }
        if first.class.contains(.number) {
            var (position, count) = (first.end, 1)
            while count < mostNumbers, let next = look(position), next.class.contains(.number) {
                (position, count) = (next.end, count + 1)
            }
            return position
        }
        if !isLineEnd(text[start]), let next = look(first.end), next.class.contains(.letter) {
            return run(next.end) { $0.contains(.letter) }
        }
        let begin = text[start] == Self.space ? start + 1 : start
        if let found = look(begin), found.class.isOther {
            var position = run(found.end) { $0.isOther }
            while position < end, isLineEnd(text[position]) { position += 1 }
            return position
        }
        var (position, lastLineEnd) = (start, 0)
        while let next = look(position), next.class.contains(.space) {
            if isLineEnd(text[position]) { lastLineEnd = next.end }
            position = next.end
        }
        return lastLineEnd > 0 ? lastLineEnd : space(start)
    }

    /// `\s+(?!\S)|\s+`: a run of white space without its last character, if something follows that is none.
    private func space(_ start: Int) -> Int {
        var (position, last) = (start, start)
        while let next = look(position), next.class.contains(.space) { (last, position) = (position, next.end) }
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
