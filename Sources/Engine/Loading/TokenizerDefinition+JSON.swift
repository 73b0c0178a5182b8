import Foundation

extension TokenizerDefinition {
    /// The content of a folder's tokenizer.json.
    static func file(in folder: URL) throws(TokenizerError) -> TokenizerField {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.bytes(folder.appending(path: jsonName), limit: fileLimit)
        } catch {
            throw TokenizerError(file: jsonName, problem: .file(error))
        }
        do {
            return TokenizerField(try TokenizerField.parse(bytes), path: "")
        } catch {
            throw TokenizerError(file: jsonName, problem: error)
        }
    }

    /// Reads a tokenizer.json and what the files beside it say. Its truncation and padding are ignored: the caller says
    /// how long texts may be.
    init(json root: TokenizerField, in folder: URL) throws(TokenizerError) {
        do {
            try self.init(json: root)
        } catch {
            throw TokenizerError(file: Self.jsonName, problem: error)
        }
        try agree(with: TokenizerSideFiles(folder, readsVocabulary: true))
    }

    private init(json root: TokenizerField) throws(Problem) {
        let version = try root.required("version").string()
        guard version == "1.0" else {
            throw .unsupported(field: "version", found: "\"\(version)\"", supported: "\"1.0\"")
        }
        try readModel(try root.required("model"))
        try readNormalizer(try root.required("normalizer"))
        try root.required("pre_tokenizer").requireType("BertPreTokenizer")
        try readAdded(root)
        try finish()
        try readPostProcessor(try root.required("post_processor"))
    }

    private mutating func readModel(_ model: TokenizerField) throws(Problem) {
        // Files from before 2021 name no type; the library goes by the members then, and only a WordPiece has all that
        // follow.
        if try model.optional("type") != nil {
            try model.requireType("WordPiece")
        } else if let merges = try model.optional("merges") {
            throw .unsupported(field: merges.path, found: "there", supported: "a WordPiece, which has none")
        }
        var entries: [Entry] = []
        for member in try model.required("vocab").object().members {
            let field = TokenizerField(member.value, path: "model.vocab[\"\(member.key)\"]")
            entries.append((member.key, try field.id()))
        }
        try setVocabulary(entries)
        let unknownToken = try model.required("unk_token").string()
        guard let unknown = id(of: unknownToken) else {
            throw .missingToken(role: "unk_token", token: unknownToken)
        }
        self.unknown = unknown
        continuingPrefix = try model.required("continuing_subword_prefix").string()
        let length = try model.required("max_input_chars_per_word").integer()
        guard 1...65_536 ~= length else {
            throw .unsupported(
                field: "model.max_input_chars_per_word", found: "\(length)", supported: "1 to 65536")
        }
        maximumWordLength = length
    }

    private mutating func readNormalizer(_ field: TokenizerField) throws(Problem) {
        try field.requireType("BertNormalizer")
        normalizer = TextNormalizer(
            cleanText: try field.required("clean_text").bool(),
            handleChinese: try field.required("handle_chinese_chars").bool(),
            stripAccents: try field.optional("strip_accents")?.bool(),
            lowercase: try field.required("lowercase").bool())
    }

    private mutating func readAdded(_ root: TokenizerField) throws(Problem) {
        for field in try root.optional("added_tokens")?.array() ?? [] {
            if try field.flag("single_word") {
                throw .unsupported(field: "\(field.path).single_word", found: "true", supported: "false")
            }
            try add(
                Added(
                    content: try field.required("content").string(), id: try field.required("id").id(),
                    takesLeft: try field.flag("lstrip"), takesRight: try field.flag("rstrip"),
                    isNormalized: try field.flag("normalized")))
        }
    }

    private mutating func readPostProcessor(_ field: TokenizerField) throws(Problem) {
        switch try field.type() {
        case "BertProcessing":
            prefix = [try pair(try field.required("cls"))]
            suffix = [try pair(try field.required("sep"))]
        case "TemplateProcessing":
            let template = try SpecialTokenTemplate(field) { id(of: $0) }
            (prefix, suffix) = (template.prefix, template.suffix)
        case let found:
            throw .unsupported(
                field: field.path, found: found, supported: "TemplateProcessing or BertProcessing")
        }
    }

    /// ["[CLS]", 101]
    private func pair(_ field: TokenizerField) throws(Problem) -> Int32 {
        let elements = try field.array()
        guard elements.count == 2 else {
            throw .wrongType(field: field.path, found: "\(elements.count) elements", expected: "a token and its id")
        }
        return try SpecialTokenTemplate.check(try elements[0].string(), try elements[1].id()) { id(of: $0) }
    }
}
