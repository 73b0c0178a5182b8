import Foundation

extension TokenizerDefinition {
    /// Reads a tokenizer.json. Its truncation and padding are ignored: the caller says how long texts may be.
    init(json url: URL) throws(TokenizerError) {
        let name = url.lastPathComponent
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.bytes(url, limit: Self.fileLimit)
        } catch {
            throw TokenizerError(file: name, problem: .file(error))
        }
        do {
            try self.init(jsonBytes: bytes)
        } catch {
            throw TokenizerError(file: name, problem: error)
        }
        try agree(with: TokenizerSideFiles(url.deletingLastPathComponent(), readsVocabulary: true))
    }

    private init(jsonBytes: [UInt8]) throws(Problem) {
        let root = TokenizerField(try TokenizerField.parse(jsonBytes), path: "")
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
        case "TemplateProcessing": try readTemplate(field)
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
        return try check(try elements[0].string(), try elements[1].id())
    }

    private func check(_ token: String, _ found: Int32) throws(Problem) -> Int32 {
        let expected = id(of: token)
        guard found == expected else {
            throw .specialTokenMismatch(token: token, found: Int(found), expected: expected.map(Int.init))
        }
        return found
    }

    private mutating func readTemplate(_ field: TokenizerField) throws(Problem) {
        let special = try field.required("special_tokens")
        let single = try field.required("single").array()
        // Each looks its token up among all; no model has more than a handful.
        guard single.count <= 64 else {
            throw .unsupported(
                field: "\(field.path).single", found: "a list of \(single.count) items", supported: "at most 64")
        }
        var places = 0
        for item in single {
            if let text = try item.optional("Sequence") {
                let sequence = try text.required("id").string()
                guard sequence == "A" else {
                    throw .unsupported(field: "\(text.path).id", found: "\"\(sequence)\"", supported: "\"A\"")
                }
                try text.requireSegment()
                places += 1
            } else {
                let name = try item.required("SpecialToken")
                try name.requireSegment()
                let token = try special.required(try name.required("id").string())
                let ids = try token.required("ids").array()
                let tokens = try token.required("tokens").array()
                guard ids.count == tokens.count else {
                    throw .wrongType(
                        field: token.path, found: "\(ids.count) ids and \(tokens.count) tokens",
                        expected: "as many ids as tokens")
                }
                for (id, token) in zip(ids, tokens) {
                    let id = try check(try token.string(), try id.id())
                    if places == 0 { prefix.append(id) } else { suffix.append(id) }
                }
            }
        }
        guard places == 1 else { throw .templateWithoutText }
    }
}
