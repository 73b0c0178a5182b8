import Foundation

extension TokenizerDefinition {
    static let vocabularyName = "vocab.txt"
    static let configurationName = "tokenizer_config.json"
    private static let classes = ["Bert", "DistilBert", "Electra"].flatMap { ["\($0)Tokenizer", "\($0)TokenizerFast"] }

    /// Reads vocab.txt, a token a line, and tokenizer_config.json where it is there.
    init(vocabularyIn folder: URL) throws(TokenizerError) {
        guard let text = try Self.read(folder, Self.vocabularyName) else {
            throw TokenizerError(file: folder.lastPathComponent, problem: .noTokenizer)
        }
        let configuration = try Self.read(folder, Self.configurationName)
        do {
            try setVocabulary(try Self.entries(text))
        } catch {
            throw TokenizerError(file: Self.vocabularyName, problem: error)
        }
        let side = try TokenizerSideFiles(folder)
        do {
            try addFurther(side)
            try finish()
        } catch {
            throw TokenizerError(file: TokenizerSideFiles.addedName, problem: error)
        }
        do {
            try configure(try configuration.map { bytes throws(Problem) in try TokenizerField.parse(bytes) }, side)
        } catch {
            throw TokenizerError(file: Self.configurationName, problem: error)
        }
        try addSpecial(side)
    }

    static func read(_ folder: URL, _ name: String) throws(TokenizerError) -> [UInt8]? {
        do {
            return try WholeFile.bytes(folder.appending(path: name), limit: fileLimit)
        } catch {
            if error == .missing { return nil }
            throw TokenizerError(file: name, problem: .file(error))
        }
    }

    static func entries(_ bytes: [UInt8]) throws(Problem) -> [Entry] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var entries: [Entry] = []
        var seen: Set<[UInt8]> = []
        for (index, line) in lines.enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let token = String(validating: line, as: UTF8.self) else { throw .notUTF8 }
            guard seen.insert(Array(line)).inserted else { throw .duplicateToken(token: token, line: index + 1) }
            entries.append((token, Int32(index)))
        }
        return entries
    }

    /// Defaults are those of the slow BERT tokenizer, whose files these are.
    private mutating func configure(_ value: JSONValue?, _ side: TokenizerSideFiles) throws(Problem) {
        let root = TokenizerField(value ?? .object(JSONObject()), path: "")
        if let type = try root.optional("tokenizer_class")?.string(), !Self.classes.contains(type) {
            throw .unsupported(
                field: "tokenizer_class", found: type, supported: Self.classes.joined(separator: ", "))
        }
        normalizer = TextNormalizer(
            handleChinese: try root.optional("tokenize_chinese_chars")?.bool() ?? true,
            stripAccents: try root.optional("strip_accents")?.bool(),
            lowercase: try root.optional("do_lower_case")?.bool() ?? true)
        unknown = try special(root, "unk_token", side.roles["unk_token"] ?? "[UNK]")
        prefix = [try special(root, "cls_token", side.roles["cls_token"] ?? "[CLS]")]
        suffix = [try special(root, "sep_token", side.roles["sep_token"] ?? "[SEP]")]
        for (key, standard) in [("pad_token", "[PAD]"), ("mask_token", "[MASK]")] {
            let token = try content(root, key, side.roles[key] ?? standard)
            guard let id = id(of: token) else { continue }
            try addOnce(token, id)
        }
        try refuseFurtherTokens(root)
    }

    private mutating func special(
        _ root: TokenizerField, _ key: String, _ standard: String
    ) throws(Problem) -> Int32 {
        let token = try content(root, key, standard)
        guard let id = id(of: token) else { throw .missingToken(role: key, token: token) }
        try addOnce(token, id)
        return id
    }

    /// One token may have several roles.
    mutating func addOnce(_ token: String, _ id: Int32) throws(Problem) {
        if !added.contains(where: { $0.id == id }) { try add(Added(content: token, id: id)) }
    }

    /// A token is written as a string, or as an object with a content.
    private func content(
        _ root: TokenizerField, _ key: String, _ standard: String
    ) throws(Problem) -> String {
        try root.optional(key)?.token() ?? standard
    }

    /// Tokens beyond vocab.txt would have ids that this reader knows nothing of.
    private func refuseFurtherTokens(_ root: TokenizerField) throws(Problem) {
        guard let decoder = try root.optional("added_tokens_decoder") else { return }
        for member in try decoder.object().members {
            let field = TokenizerField(member.value, path: "added_tokens_decoder.\(member.key)")
            let token = try field.required("content").string()
            guard added.contains(where: { $0.content == token && String($0.id) == member.key }) else {
                throw .unsupported(
                    field: field.path, found: "\"\(token)\"",
                    supported: "only special tokens and those of added_tokens.json")
            }
        }
    }
}
