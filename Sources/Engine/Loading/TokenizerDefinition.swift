/// Everything that a tokenizer's files say, checked, in plain values.
struct TokenizerDefinition {
    /// A token that is cut out of the text before it is split into words.
    struct Added {
        let content: String
        let id: Int32
        var takesLeft = false
        var takesRight = false
        var isNormalized = false

        func token(_ content: [UInt32]) -> AddedTokens.Token {
            AddedTokens.Token(content: content, id: id, takesLeft: takesLeft, takesRight: takesRight)
        }
    }

    typealias Problem = TokenizerError.Problem
    typealias Entry = (token: String, id: Int32)

    static let jsonName = "tokenizer.json"
    static let fileLimit = 32 << 20
    /// More characters than any real vocabulary has; it bounds the memory of the trie.
    static let scalarLimit = 1 << 23
    /// Of all added tokens together: each may be tried at every character of a text.
    static let addedScalarLimit = 1 << 16

    var normalizer = TextNormalizer()
    var vocabulary: [Entry] = []
    var unknown: Int32 = 0
    var continuingPrefix = "##"
    var maximumWordLength = 100
    var added: [Added] = []
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    private(set) var vocabularySize = 0
    private var addedContents: Set<[UInt8]> = []
    private var addedScalars = 0
    private(set) var ids: [[UInt8]: Int32] = [:]  // by UTF-8: equal strings may differ in bytes

    func id(of token: String) -> Int32? { ids[Array(token.utf8)] }

    /// Takes over the model's own tokens, whose ids may leave gaps for added ones.
    mutating func setVocabulary(_ entries: [Entry]) throws(Problem) {
        guard !entries.isEmpty else { throw .emptyVocabulary }
        let scalars = entries.reduce(0) { $0 + $1.token.unicodeScalars.count }
        guard scalars <= Self.scalarLimit else {
            throw .vocabularyTooLarge(scalars: scalars, limit: Self.scalarLimit)
        }
        vocabulary = entries
        ids.reserveCapacity(entries.count)
        for entry in entries { ids[Array(entry.token.utf8)] = entry.id }
    }

    mutating func add(_ token: Added) throws(Problem) {
        guard !token.content.isEmpty else { throw .emptyAddedToken(id: Int(token.id)) }
        guard addedContents.insert(Array(token.content.utf8)).inserted else {
            throw .duplicateAddedToken(token.content)
        }
        addedScalars += token.content.unicodeScalars.count
        guard addedScalars <= Self.addedScalarLimit else { throw .addedTokensTooLarge(limit: Self.addedScalarLimit) }
        if let known = id(of: token.content), known != token.id {
            throw .addedTokenCollision(token: token.content, found: Int(token.id), expected: Int(known))
        }
        ids[Array(token.content.utf8)] = token.id
        added.append(token)
    }

    /// Checks that ids count up from 0 without a gap, so that each has its row in the weights.
    mutating func finish() throws(Problem) {
        var taken = [Bool](repeating: false, count: ids.count)
        for id in ids.values.sorted() {
            guard Int(id) < taken.count else {
                throw .idGap(id: taken.firstIndex(of: false) ?? taken.count)
            }
            guard !taken[Int(id)] else { throw .duplicateID(id: Int(id)) }
            taken[Int(id)] = true
        }
        vocabularySize = taken.count
    }
}
