/// The vocabulary as a trie over Unicode scalars, and the greedy longest-match split of words.
///
/// A walk down the trie finds the longest piece in one pass, where trying ever shorter candidates
/// would be quadratic. All edges lie in one open-addressing table.
struct WordPiece: Sendable {
    let unknown: Int32
    private let maximumLength: Int
    private var tokens: [Int32] = [-1]  // node -> token that ends there, or -1
    private var keys: [UInt64]  // node << 21 | scalar, plus 1; 0 where empty
    private var children: [UInt32]
    private var continuation: Int?  // where pieces inside a word start

    /// - Parameters:
    ///   - vocabulary: Distinct tokens by id.
    ///   - unknown: The id of words that cannot be split.
    ///   - prefix: What tokens inside a word start with.
    ///   - maximumLength: Longer words, in scalars, are unknown.
    init(vocabulary: [(token: [UInt32], id: Int32)], unknown: Int32, prefix: [UInt32], maximumLength: Int) {
        self.unknown = unknown
        self.maximumLength = maximumLength
        keys = [UInt64](repeating: 0, count: 1 << 10)
        children = [UInt32](repeating: 0, count: 1 << 10)
        for (token, id) in vocabulary {
            var node = 0
            for scalar in token { node = child(of: node, scalar) ?? insert(node, scalar) }
            tokens[node] = id
        }
        var node: Int? = 0
        for scalar in prefix { node = node.flatMap { child(of: $0, scalar) } }
        continuation = node
    }

    /// Appends the tokens of one word; a word that cannot be split whole becomes one unknown token.
    func split(_ text: [UInt32], _ word: Range<Int>, into output: inout [Int32]) {
        guard word.count <= maximumLength else { return output.append(unknown) }
        let outputStart = output.count
        var start = word.lowerBound
        while start < word.upperBound {
            var next: Int? = start == word.lowerBound ? 0 : continuation
            var position = start
            var found: Int32 = -1
            var end = start
            while position < word.upperBound, let node = next, let step = child(of: node, text[position]) {
                position += 1
                next = step
                if tokens[step] >= 0 {
                    found = tokens[step]
                    end = position
                }
            }
            guard found >= 0 else {
                output.removeSubrange(outputStart...)
                return output.append(unknown)
            }
            output.append(found)
            start = end
        }
    }

    private func child(of node: Int, _ scalar: UInt32) -> Int? {
        let key = Self.key(node, scalar)
        let slot = slot(of: key)
        return keys[slot] == key ? Int(children[slot]) : nil
    }

    private mutating func insert(_ node: Int, _ scalar: UInt32) -> Int {
        if tokens.count * 2 >= keys.count { grow() }
        let key = Self.key(node, scalar)
        let slot = slot(of: key)
        keys[slot] = key
        children[slot] = UInt32(tokens.count)
        tokens.append(-1)
        return tokens.count - 1
    }

    private mutating func grow() {
        let old = zip(keys, children)
        keys = [UInt64](repeating: 0, count: keys.count * 2)
        children = [UInt32](repeating: 0, count: keys.count)
        for (key, child) in old where key != 0 {
            let slot = slot(of: key)
            keys[slot] = key
            children[slot] = child
        }
    }

    private static func key(_ node: Int, _ scalar: UInt32) -> UInt64 {
        (UInt64(node) << 21 | UInt64(scalar)) + 1
    }

    /// Where the key is, or where it would go: the table is never more than half full.
    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        // Fibonacci hashing: the high bits of the product with 2^64 over the golden ratio.
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }
}
