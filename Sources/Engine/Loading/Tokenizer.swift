package import Foundation

/// Turns texts into the token ids that a backbone was trained with, and back: of whatever kind its files describe.
package enum Tokenizer: Sendable {
    case wordPiece(WordPieceTokenizer)
    case bytePairs(BytePairTokenizer)

    /// Reads a model's folder, or its GGUF file. `blocks`: what a GGUF file must hold, by the name in seals.
    package init(folder: URL, blocks: [String: BlockDigests]? = nil) throws(TokenizerError) {
        if ModelFolder.isGGUF(folder) {
            let definition = try BytePairDefinition(gguf: folder, blocks: blocks?[ModelFolder.ggufName])
            self = .bytePairs(BytePairTokenizer(definition))
            return
        }
        let file: Result<TokenizerField, TokenizerError>
        do {
            file = .success(try TokenizerDefinition.file(in: folder))
        } catch {
            file = .failure(error)
        }
        if case .success(let root) = file, BytePairDefinition.isDescribed(by: root) {
            self = .bytePairs(BytePairTokenizer(try BytePairDefinition(json: root, in: folder)))
        } else {
            self = .wordPiece(try WordPieceTokenizer(folder: folder, file: file))
        }
    }

    /// How many ids there are: all are in 0 ..< vocabularySize, without gaps.
    package var vocabularySize: Int {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.vocabularySize
        case .bytePairs(let tokenizer): tokenizer.vocabularySize
        }
    }

    /// How many tokens every text gets besides its own.
    package var specialTokens: Int {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.specialTokens
        case .bytePairs(let tokenizer): tokenizer.prefix.count + tokenizer.suffix.count
        }
    }

    /// The ids of a text with its special tokens, at most `maximumTokens` in all.
    ///
    /// Too long a text is cut from the right; the special tokens stay.
    package func encode(_ text: String, maximumTokens: Int) -> [Int32] {
        switch self {
        case .wordPiece(let tokenizer): return tokenizer.encode(text, maximumTokens: maximumTokens)
        case .bytePairs(let tokenizer):
            precondition(maximumTokens >= specialTokens, "there is no room for the special tokens")
            let own = tokenizer.encode(text).prefix(maximumTokens - specialTokens)
            return tokenizer.prefix + own + tokenizer.suffix
        }
    }

    /// The ids of a text without special tokens around it.
    ///
    /// `parsingControl`: whether what looks like a control token is one; a byte pair tokenizer takes it for text
    /// otherwise.
    package func encode(_ text: String, parsingControl: Bool = false) -> [Int32] {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.encodeAlone(text)
        case .bytePairs(let tokenizer): tokenizer.encode(text, parsingControl: parsingControl)
        }
    }

    /// The text of ids, all of which are in 0 ..< vocabularySize; special tokens leave no trace.
    package func decode(_ ids: [Int32]) -> String {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.decode(ids)
        case .bytePairs(let tokenizer): tokenizer.decode(ids)
        }
    }

    /// The token that is written like this, control tokens included.
    package func id(of token: String) -> Int32? {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.id(of: token)
        case .bytePairs(let tokenizer): tokenizer.id(of: token)
        }
    }
}
