/// A tokenizer that merges pairs, of bytes or of characters: that of almost every language model.
///
/// It gives the ids that the Hugging Face `tokenizers` library gives for the same vocabulary, for any text. Nothing
/// depends on the locale, the platform or the Unicode version of the toolchain.
package struct BytePairTokenizer: Sendable {
    /// How many ids there are: all are in 0 ..< vocabularySize, without gaps.
    package var vocabularySize: Int { vocabulary.count }
    /// What every text gets before and behind it where the caller asks for special tokens.
    package let prefix: [Int32], suffix: [Int32]
    /// The tokens that end a text, the model's own first; none where its files name none.
    package let ends: [Int32]
    /// SHA-256 of the model's own chat template in lower-case hexadecimal; nil: it has none.
    package let template: String?

    /// What a token adds to a text.
    let pieces: TokenPieces
    private let vocabulary: TokenTable
    private let words: WordEncoder
    private let composes: Bool
    private let literalIDs: Set<Int32>
    private let literals: LiteralTokens  // found in every text, as it is
    private let literalsAndControl: LiteralTokens
    private let normalized: LiteralTokens  // the same in composed text
    private let normalizedAndControl: LiteralTokens
    private let states = EncodingStates()

    init(_ definition: BytePairDefinition) {
        (prefix, suffix, ends) = (definition.prefix, definition.suffix, definition.ends)
        template = definition.template
        pieces = TokenPieces(definition)
        vocabulary = definition.tokens
        words = WordEncoder(definition)
        composes = definition.composes
        literalIDs = Set(definition.literals.map(\.id))
        // Without a normal form the one text is the other.
        let late = definition.literals.filter { definition.composes && $0.isNormalized }
        let early = definition.literals.filter { !(definition.composes && $0.isNormalized) }
        literals = LiteralTokens(early.filter { !$0.isControl })
        literalsAndControl = LiteralTokens(early)
        normalized = LiteralTokens(late.filter { !$0.isControl })
        normalizedAndControl = LiteralTokens(late)
    }

    /// The token that is written like this, control tokens included.
    package func id(of text: String) -> Int32? { vocabulary.id(of: Array(text.utf8)) }

    /// The token that is written like this, if it steers the model or is found in texts as a whole; nil: it is a word
    /// as any other.
    func literal(_ text: String) -> Int32? { id(of: text).flatMap { literalIDs.contains($0) ? $0 : nil } }

    /// The ids of a text, without special tokens around it.
    ///
    /// `parsingControl`: whether what looks like a control token is one; else it is text as any other.
    /// `isBeginning`: whether nothing comes before the text.
    package func encode(_ text: String, parsingControl: Bool = false, isBeginning: Bool = true) -> [Int32] {
        let text = PaddedText(text.utf8)
        var output: [Int32] = []
        output.reserveCapacity(text.count / 3 + 8)
        states.with { state in
            for part in (parsingControl ? literalsAndControl : literals).split(text.bytes, end: text.count) {
                switch part {
                case .token(let id): output.append(id)
                case .text(let range):
                    let isFirst = isBeginning && range.lowerBound == 0
                    if composes {
                        let composed = ComposedForm.shared.compose(text.bytes, range)
                        append(composed, parsingControl, isFirst: isFirst, &state, to: &output)
                    } else {
                        words.append(text, range, isFirst: isFirst, &state, to: &output)
                    }
                }
            }
        }
        return output
    }

    private func append(
        _ composed: [UInt8], _ parsingControl: Bool, isFirst: Bool, _ state: inout EncodingStates.State,
        to output: inout [Int32]
    ) {
        let text = PaddedText(composed)
        for part in (parsingControl ? normalizedAndControl : normalized).split(text.bytes, end: text.count) {
            switch part {
            case .token(let id): output.append(id)
            case .text(let range):
                words.append(text, range, isFirst: isFirst && range.lowerBound == 0, &state, to: &output)
            }
        }
    }

    /// The text of ids, all of which are in 0 ..< vocabularySize; control tokens leave no trace.
    package func decode(_ ids: [Int32]) -> String { pieces.text(ids) }
}

/// Valid UTF-8 behind which some more bytes can be read.
struct PaddedText {
    let bytes: [UInt8]
    /// How many bytes the text has.
    let count: Int

    init(_ text: some Collection<UInt8>) {
        count = text.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + WordCache.longestWord)
        bytes.append(contentsOf: text)
        bytes.append(contentsOf: repeatElement(0, count: WordCache.longestWord))
        self.bytes = bytes
    }
}
