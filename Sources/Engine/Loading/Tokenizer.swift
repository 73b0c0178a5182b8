package import Foundation

/// Turns texts into the token ids that a backbone was trained with, and back: of whatever kind its files describe.
package enum Tokenizer: Sendable {
    case wordPiece(WordPieceTokenizer)

    /// Reads a model's folder.
    package init(folder: URL) throws(TokenizerError) {
        self = .wordPiece(try WordPieceTokenizer(folder: folder))
    }

    /// How many ids there are: all are in 0 ..< vocabularySize, without gaps.
    package var vocabularySize: Int {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.vocabularySize
        }
    }

    /// How many tokens every text gets besides its own.
    package var specialTokens: Int {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.specialTokens
        }
    }

    /// The ids of a text with its special tokens, at most `maximumTokens` in all.
    ///
    /// Too long a text is cut from the right; the special tokens stay.
    package func encode(_ text: String, maximumTokens: Int) -> [Int32] {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.encode(text, maximumTokens: maximumTokens)
        }
    }

    /// The text of ids, all of which are in 0 ..< vocabularySize; special tokens leave no trace.
    package func decode(_ ids: [Int32]) -> String {
        switch self {
        case .wordPiece(let tokenizer): tokenizer.decode(ids)
        }
    }
}
