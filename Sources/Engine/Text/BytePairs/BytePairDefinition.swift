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

    /// The byte that is written as `<0x0A>`.
    static func byte(_ text: ArraySlice<UInt8>) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), text.last == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text.dropFirst(3).dropLast(), as: UTF8.self), radix: 16)
    }

    /// Adds a merge that is written as the texts of two tokens with a space between them. It becomes the last.
    mutating func addMerge(_ text: ArraySlice<UInt8>, field: @autoclosure () -> String) throws(Problem) {
        let space = UInt8(ascii: " ")
        guard let middle = text.firstIndex(of: space), !text[(middle + 1)...].contains(space) else {
            throw .wrongType(
                field: field(), found: "\"\(String(decoding: text.prefix(40), as: UTF8.self))\"",
                expected: "two tokens with a space between them")
        }
        var whole = Array(text)
        whole.remove(at: middle - text.startIndex)
        try addMerge(whole, middle: middle - text.startIndex, field: field())
    }

    /// Adds the merge of two tokens: of the one that ends at `middle` of a text and the one that begins there. It
    /// becomes the last.
    mutating func addMerge(_ text: [UInt8], middle: Int, field: @autoclosure () -> String) throws(Problem) {
        let ranges = (0..<middle, middle..<text.count, 0..<text.count)
        guard let left = tokens.id(of: text, ranges.0), let right = tokens.id(of: text, ranges.1),
            let whole = tokens.id(of: text)
        else {
            let missing = [ranges.0, ranges.1, ranges.2].first { tokens.id(of: text, $0) == nil } ?? ranges.2
            throw .missingToken(role: field(), token: String(decoding: text[missing], as: UTF8.self))
        }
        // A token that steers the model never comes out of a text.
        guard case .text = kinds[Int(whole)] else { return }
        guard pairs.insert(left, right, PairTable.Merge(rank: Int32(pairs.count), token: whole)) else {
            throw .unsupported(field: field(), found: "there twice", supported: "once")
        }
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
