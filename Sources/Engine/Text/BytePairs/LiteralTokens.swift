/// A token that is found in a text as it is written, before the text is split into words.
struct LiteralToken: Equatable, Sendable {
    let text: [UInt8]
    let id: Int32
    /// Whether it steers the model and is not part of any text: what looks like it in a text is only text, unless the
    /// caller says otherwise.
    let isControl: Bool
    /// Whether white space before or behind it belongs to it.
    var takesLeft = false
    var takesRight = false
    /// Whether it is looked for in the normalized text.
    var isNormalized = false
}

/// Cuts literal tokens out of texts.
struct LiteralTokens: Sendable {
    /// A stretch of text: a token, or what lies between two.
    enum Part {
        case token(Int32)
        case text(Range<Int>)
    }

    private var byFirst: [[LiteralToken]] = []

    /// Of tokens that start alike the longest one wins.
    init(_ tokens: [LiteralToken]) {
        guard !tokens.isEmpty else { return }
        byFirst = [[LiteralToken]](repeating: [], count: 256)
        for token in tokens.sorted(by: { $0.text.count > $1.text.count }) {
            if let first = token.text.first { byFirst[Int(first)].append(token) }
        }
    }

    /// The parts of the first `end` bytes of a text, in order.
    func split(_ text: [UInt8], end: Int) -> [Part] {
        guard !byFirst.isEmpty else { return end == 0 ? [] : [.text(0..<end)] }
        var parts: [Part] = []
        var (done, position) = (0, 0)
        while position < end {
            guard let token = match(text, position, end) else {
                position += 1
                continue
            }
            var start = position
            position += token.text.count
            if token.takesLeft { start = spaceBefore(text, start, done) }
            if token.takesRight { position = spaceBehind(text, position, end) }
            if done < start { parts.append(.text(done..<start)) }
            parts.append(.token(token.id))
            done = position
        }
        if done < end { parts.append(.text(done..<end)) }
        return parts
    }

    private func match(_ text: [UInt8], _ position: Int, _ end: Int) -> LiteralToken? {
        let candidates = byFirst[Int(text[position])]
        return candidates.isEmpty ? nil : candidates.first { text[position..<end].starts(with: $0.text) }
    }

    /// Where the white space begins that ends at `position`, not before `limit`.
    private func spaceBefore(_ text: [UInt8], _ position: Int, _ limit: Int) -> Int {
        var position = position
        while position > limit {
            var start = position - 1
            while start > limit, text[start] & 0xC0 == 0x80 { start -= 1 }
            guard CharacterClasses.shared.look(text, start).class.isSpace else { break }
            position = start
        }
        return position
    }

    private func spaceBehind(_ text: [UInt8], _ position: Int, _ end: Int) -> Int {
        var position = position
        while position < end, case let next = CharacterClasses.shared.look(text, position),
            next.class.isSpace
        {
            position = next.end
        }
        return position
    }
}
