internal import Foundation

/// A WordPiece tokenizer of the BERT kind: text to token ids.
///
/// It gives the ids that the Hugging Face `tokenizers` library gives for the same files, for any
/// string: a model was trained with exactly those. Nothing depends on the locale, the platform or
/// the Unicode version of the toolchain.
package struct WordPieceTokenizer: Sendable {
    let normalizer: TextNormalizer
    let wordPiece: WordPiece
    let special: AddedTokens  // cut out of the text as it is
    let normalized: AddedTokens  // cut out of the normalized text
    let prefix: [Int32]  // before the text, for example [CLS]
    let suffix: [Int32]  // behind it, for example [SEP]

    private let tokens: [String]  // by id
    private let continuingPrefix: String  // what tokens inside a word start with

    /// How many ids there are: all are in 0 ..< vocabularySize, without gaps.
    var vocabularySize: Int { tokens.count }
    /// How many tokens every text gets besides its own.
    var specialTokens: Int { prefix.count + suffix.count }

    /// Reads tokenizer.json, of which `file` is the content; where it is missing, vocab.txt and tokenizer_config.json.
    init(folder: URL, file: Result<TokenizerField, TokenizerError>) throws(TokenizerError) {
        let definition: TokenizerDefinition
        do {
            definition = try TokenizerDefinition(json: try file.get(), in: folder)
        } catch {
            guard error.problem == .file(.missing) else {
                var isThere = error.file == TokenizerDefinition.jsonName
                if case .disagreement = error.problem { isThere = false }
                let vocabulary = folder.appending(path: TokenizerDefinition.vocabularyName)
                throw TokenizerError(
                    file: error.file, problem: error.problem,
                    hasVocabulary: isThere && (try? WholeFile.bytes(vocabulary, limit: 1 << 25)) != nil)
            }
            definition = try TokenizerDefinition(vocabularyIn: folder)
        }
        self.init(definition)
    }

    init(_ definition: TokenizerDefinition) {
        normalizer = definition.normalizer
        wordPiece = WordPiece(
            vocabulary: definition.vocabulary.map { ($0.token.unicodeScalars.map(\.value), $0.id) },
            unknown: definition.unknown, prefix: definition.continuingPrefix.unicodeScalars.map(\.value),
            maximumLength: definition.maximumWordLength)
        special = AddedTokens(
            definition.added.filter { !$0.isNormalized }.map { added in
                added.token(added.content.unicodeScalars.map(\.value))
            })
        let normalizer = normalizer
        normalized = AddedTokens(
            definition.added.filter(\.isNormalized).map { added in
                var content: [UInt32] = []
                normalizer.normalize(added.content.unicodeScalars.map(\.value)[...], into: &content)
                return added.token(content)
            })
        prefix = definition.prefix
        suffix = definition.suffix
        continuingPrefix = definition.continuingPrefix
        var tokens = [String](repeating: "", count: definition.vocabularySize)
        for entry in definition.vocabulary { tokens[Int(entry.id)] = entry.token }
        for added in definition.added { tokens[Int(added.id)] = added.content }
        self.tokens = tokens
    }

    /// The ids of a text with its special tokens, at most `maximumTokens` in all.
    ///
    /// Too long a text is cut from the right; the special tokens stay.
    func encode(_ text: String, maximumTokens: Int) -> [Int32] {
        precondition(
            maximumTokens >= specialTokens, "there is no room for the special tokens")
        let limit = maximumTokens - suffix.count
        var ids = prefix
        let scalars = text.unicodeScalars.map(\.value)
        var normal: [UInt32] = []
        for part in special.split(scalars, 0..<scalars.count) where ids.count < limit {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                normal.removeAll(keepingCapacity: true)
                normalizer.normalize(scalars[range], into: &normal)
                append(normal, to: &ids, limit: limit)
            }
        }
        if ids.count > limit { ids.removeSubrange(limit...) }
        return ids + suffix
    }

    /// The ids of a text without special tokens around it.
    func encodeAlone(_ text: String) -> [Int32] {
        Array(encode(text, maximumTokens: .max).dropFirst(prefix.count).dropLast(suffix.count))
    }

    /// The token that is written like this.
    func id(of token: String) -> Int32? {
        tokens.firstIndex { $0.utf8.elementsEqual(token.utf8) }.map(Int32.init)
    }

    /// The text of ids: words with one space between them, without the special tokens around it.
    ///
    /// What encoding drops does not come back: case and accents where the model has none, kinds and numbers of spaces.
    func decode(_ ids: [Int32]) -> String {
        var text = String.UnicodeScalarView()
        for id in ids where !prefix.contains(id) && !suffix.contains(id) {
            let token = tokens[Int(id)].unicodeScalars
            if !text.isEmpty, token.starts(with: continuingPrefix.unicodeScalars) {
                text.append(contentsOf: token.dropFirst(continuingPrefix.unicodeScalars.count))
            } else {
                if !text.isEmpty { text.append(" ") }
                text.append(contentsOf: token)
            }
        }
        return String(text)
    }

    private func append(_ normal: [UInt32], to ids: inout [Int32], limit: Int) {
        for part in normalized.split(normal, 0..<normal.count) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                normalizer.forEachWord(in: normal, range: range) { word in
                    wordPiece.split(normal, word, into: &ids)
                    return ids.count < limit
                }
            }
            if ids.count >= limit { return }
        }
    }
}
