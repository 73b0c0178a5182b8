/// Everything that a model's files say of a byte pair encoding, checked, whatever kind of files they are.
struct BytePairDefinition: Sendable {
    typealias Problem = TokenizerError.Problem

    /// What a token is for.
    enum Kind: Sendable {
        /// Part of texts.
        case text
        /// A byte that has no other token.
        case byte(UInt8)
        /// Not part of any text: it steers the model, or is never used.
        case silent
    }

    /// What is merged, and how a text becomes that.
    enum Form: Sendable, Equatable {
        /// The bytes of words, written in the byte alphabet.
        case bytes(WordGrammar)
        /// The characters of the whole text, in which spaces are written as U+2581; a character without a token is
        /// bytes.
        case characters(SpacePrefix)
    }

    /// Where a space is put before a text.
    enum SpacePrefix: Sendable, Equatable {
        case never
        /// Before each stretch between literal tokens.
        case always
        /// The same, where none is there.
        case whereMissing
        /// Where none is there at the beginning of the whole text.
        case atBeginning
    }

    /// U+2581, which stands for a space.
    static let space: [UInt8] = [0xE2, 0x96, 0x81]

    var form = Form.bytes(.gpt2)
    /// Whether texts are composed canonically (NFC) before they are split.
    var composes = false
    /// Whether a word that is a token is that token, however merges would make it.
    var takesWholeWords = false
    /// What stands for a character that has neither token nor bytes; nil: nothing does.
    var unknown: Int32?
    /// Whether several of them in a row are one.
    var fusesUnknown = false
    var tokens = TokenTable()
    var kinds: [Kind] = []
    var pairs = PairTable()
    var literals: [LiteralToken] = []
    /// What every text gets where the caller asks for special tokens.
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    /// The tokens that end a text; the first is the model's own.
    var ends: [Int32] = []
    /// SHA-256 of the model's own chat template, in lower-case hexadecimal.
    var template: String?

    /// Adds the merge of two tokens, which becomes the last.
    mutating func addMerge(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, field: String) throws(Problem) {
        func token(_ text: [UInt8]) throws(Problem) -> Int32 {
            guard let id = tokens.id(of: text) else {
                throw .missingToken(role: field, token: String(decoding: text, as: UTF8.self))
            }
            return id
        }
        let whole = Array(left) + Array(right)
        let (first, second) = (try token(Array(left)), try token(Array(right)))
        let merge = PairTable.Merge(rank: Int32(pairs.count), token: try token(whole))
        guard pairs.insert(first, second, merge) else {
            throw .unsupported(field: field, found: "there twice", supported: "once")
        }
    }

    /// Adds a merge that is written as the texts of two tokens with a space between them.
    mutating func addMerge(_ text: ArraySlice<UInt8>, field: String) throws(Problem) {
        let space = UInt8(ascii: " ")
        guard let middle = text.firstIndex(of: space), !text[(middle + 1)...].contains(space) else {
            throw .wrongType(
                field: field, found: "\"\(String(decoding: text.prefix(40), as: UTF8.self))\"",
                expected: "two tokens with a space between them")
        }
        try addMerge(text[..<middle], text[(middle + 1)...], field: field)
    }

    /// Makes the merges of a vocabulary with scores: any two tokens whose texts together are a token become it, the one
    /// of the highest score first.
    mutating func addMerges(scores: [Float]) {
        let ranks = Self.ranks(scores)
        for id in 0..<Int32(tokens.count) {
            guard case .text = kinds[Int(id)] else { continue }
            let range = tokens.range(id)
            for middle in range.dropFirst() where tokens.bytes[middle] & 0xC0 != 0x80 {
                guard let left = tokens.id(of: tokens.bytes, range.lowerBound..<middle),
                    let right = tokens.id(of: tokens.bytes, middle..<range.upperBound)
                else { continue }
                // The texts of a pair are the text of one token, so no pair comes twice.
                _ = pairs.insert(left, right, PairTable.Merge(rank: ranks[Int(id)], token: id))
            }
        }
    }

    /// Ranks from 0 for the highest score; equal scores have equal ranks.
    private static func ranks(_ scores: [Float]) -> [Int32] {
        var ranks = [Int32](repeating: 0, count: scores.count)
        var (rank, last) = (Int32(-1), Float?.none)
        for id in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
            if scores[id] != last { rank += 1 }
            (ranks[id], last) = (rank, scores[id])
        }
        return ranks
    }
}
