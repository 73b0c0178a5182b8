internal import Foundation

extension BytePairDefinition {
    /// Whether a tokenizer.json describes a byte pair encoding of a language model.
    static func isDescribed(by root: TokenizerField) -> Bool {
        guard let model = try? root.required("model"),
            (try? root.optional("pre_tokenizer")?.type()) != "BertPreTokenizer"
        else { return false }
        // Files from before 2021 name no type; only a byte pair encoding has merges.
        guard let type = try? model.optional("type") else { return (try? model.required("merges")) != nil }
        return (try? type.string()) == "BPE"
    }

    /// Reads a tokenizer.json and what the files beside it say. Its truncation and padding are ignored: the caller says
    /// how long texts may be.
    init(json root: TokenizerField, in folder: URL) throws(TokenizerError) {
        do {
            try self.init(json: root)
        } catch {
            throw TokenizerError(file: TokenizerDefinition.jsonName, problem: error)
        }
        try readSides(folder)
    }

    private init(json root: TokenizerField) throws(Problem) {
        let version = try root.required("version").string()
        guard version == "1.0" else {
            throw .unsupported(field: "version", found: "\"\(version)\"", supported: "\"1.0\"")
        }
        let model = try root.required("model")
        try readForm(root)
        try readTokens(model, added: try root.optional("added_tokens")?.array() ?? [])
        try readModel(model)
        try readMerges(try model.required("merges"))
        if let decoder = try root.optional("decoder") { try checkDecoder(decoder) }
        if let field = try root.optional("post_processor") { try readPostProcessor(field) }
    }

    // MARK: Vocabulary

    private mutating func readTokens(_ model: TokenizerField, added: [TokenizerField]) throws(Problem) {
        var texts: [String?] = []
        func set(_ id: Int32, _ text: String) throws(Problem) {
            let index = Int(id)
            // Ids follow one another, so none is far beyond how many there are.
            guard index < TokenizerDefinition.scalarLimit else { throw .idGap(id: texts.count) }
            if index >= texts.count { texts += [String?](repeating: nil, count: index + 1 - texts.count) }
            if let known = texts[index], !known.utf8.elementsEqual(text.utf8) { throw .duplicateID(id: index) }
            texts[index] = text
        }
        let vocabulary = try model.required("vocab")
        let members = try vocabulary.object().members
        guard !members.isEmpty else { throw .emptyVocabulary }
        texts.reserveCapacity(members.count + added.count)
        for member in members {
            guard case .number(let digits) = member.value, let id = Int32(digits), id >= 0 else {
                _ = try TokenizerField(member.value, path: "model.vocab[\"\(member.key)\"]").id()
                continue
            }
            try set(id, member.key)
        }
        var isSilent: Set<Int32> = []
        for field in added {
            let literal = try literal(field)
            guard !literal.text.isEmpty else { throw .emptyAddedToken(id: Int(literal.id)) }
            if literal.isControl { isSilent.insert(literal.id) }
            literals.append(literal)
            try set(literal.id, try field.required("content").string())
        }
        let characters = texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        guard characters <= TokenizerDefinition.scalarLimit else {
            throw .vocabularyTooLarge(scalars: characters, limit: TokenizerDefinition.scalarLimit)
        }
        let hasBytes = try model.flag("byte_fallback")
        tokens.reserveCapacity(tokens: texts.count, bytes: characters)
        for (id, text) in texts.enumerated() {
            guard let text else { throw .idGap(id: id) }
            guard tokens.append(text.utf8) != nil else { throw .duplicateAddedToken(text) }
            let byte = hasBytes ? Self.byte(Array(text.utf8)[...]) : nil
            kinds.append(isSilent.contains(Int32(id)) ? .silent : byte.map { .byte($0) } ?? .text)
        }
    }

    private func literal(_ field: TokenizerField) throws(Problem) -> LiteralToken {
        if try field.flag("single_word") {
            throw .unsupported(field: "\(field.path).single_word", found: "true", supported: "false")
        }
        return LiteralToken(
            text: Array(try field.required("content").string().utf8), id: try field.required("id").id(),
            isControl: try field.flag("special"), takesLeft: try field.flag("lstrip"),
            takesRight: try field.flag("rstrip"), isNormalized: try field.flag("normalized"))
    }

    private mutating func readModel(_ model: TokenizerField) throws(Problem) {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard let text = try model.optional(key)?.string(), !text.isEmpty else { continue }
            throw .unsupported(field: "model.\(key)", found: "\"\(text)\"", supported: "none")
        }
        if let dropout = try model.optional("dropout"), dropout.value != .number("0.0"), dropout.value != .number("0") {
            throw .unsupported(field: "model.dropout", found: dropout.value.kind, supported: "none")
        }
        takesWholeWords = try model.flag("ignore_merges")
        fusesUnknown = try model.flag("fuse_unk")
        guard let token = try model.optional("unk_token")?.string(), !token.isEmpty else { return }
        guard let id = tokens.id(of: Array(token.utf8)) else { throw .missingToken(role: "unk_token", token: token) }
        unknown = id
    }

    /// Merges are written as `"a b"` or as `["a", "b"]`.
    private mutating func readMerges(_ field: TokenizerField) throws(Problem) {
        guard case .array(let elements) = field.value else {
            _ = try field.array()
            return
        }
        pairs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            switch element {
            case .string(let text): try addMerge(Array(text.utf8)[...], field: "model.merges[\(index)]")
            case .array(let parts):
                guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1] else {
                    fallthrough
                }
                try addMerge(
                    Array(left.utf8) + Array(right.utf8), middle: left.utf8.count, field: "model.merges[\(index)]")
            default:
                throw .wrongType(
                    field: "model.merges[\(index)]", found: element.kind, expected: "two tokens")
            }
        }
    }

    // MARK: Tokens around a text

    private mutating func readPostProcessor(_ field: TokenizerField) throws(Problem) {
        switch try field.type() {
        case "ByteLevel": break
        case "Sequence":
            for part in try field.required("processors").array() {
                guard try part.type() != "Sequence" else {
                    throw .unsupported(field: part.path, found: "Sequence", supported: "ByteLevel, TemplateProcessing")
                }
                try readPostProcessor(part)
            }
        case "TemplateProcessing":
            let template = try SpecialTokenTemplate(field) { tokens.id(of: Array($0.utf8)) }
            (prefix, suffix) = (template.prefix, template.suffix)
        case let found:
            throw .unsupported(field: field.path, found: found, supported: "ByteLevel, TemplateProcessing, Sequence")
        }
    }
}
