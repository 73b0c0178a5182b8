/// Tokens that are cut out of a text before it is split into words.
struct AddedTokens: Sendable {
    struct Token: Sendable {
        let content: [UInt32]
        let id: Int32
        /// Whether white space before or behind it belongs to it.
        let takesLeft: Bool
        let takesRight: Bool
    }

    /// A stretch of text: a token, or what lies between two.
    enum Part {
        case token(Int32)
        case text(Range<Int>)
    }

    private var byFirst: [UInt32: [Token]] = [:]

    /// Of tokens that start alike the longest one wins.
    init(_ tokens: [Token]) {
        for token in tokens.sorted(by: { $0.content.count > $1.content.count }) {
            guard let first = token.content.first else { continue }
            byFirst[first, default: []].append(token)
        }
    }

    var isEmpty: Bool { byFirst.isEmpty }

    func split(_ text: [UInt32], _ range: Range<Int>) -> [Part] {
        guard !isEmpty else { return range.isEmpty ? [] : [.text(range)] }
        var parts: [Part] = []
        var done = range.lowerBound
        var position = range.lowerBound
        while position < range.upperBound {
            guard let token = match(text, position..<range.upperBound) else {
                position += 1
                continue
            }
            var start = position
            position += token.content.count
            var end = position
            if token.takesLeft {
                while start > done, UnicodeTable.shared[text[start - 1]].contains(.space) { start -= 1 }
            }
            if token.takesRight {
                while end < range.upperBound, UnicodeTable.shared[text[end]].contains(.space) { end += 1 }
            }
            start = max(start, done)
            if done < start { parts.append(.text(done..<start)) }
            parts.append(.token(token.id))
            done = end
            position = max(position, end)
        }
        if done < range.upperBound { parts.append(.text(done..<range.upperBound)) }
        return parts
    }

    private func match(_ text: [UInt32], _ range: Range<Int>) -> Token? {
        guard let candidates = byFirst[text[range.lowerBound]] else { return nil }
        return candidates.first { text[range].starts(with: $0.content) }
    }
}
