internal import Foundation

extension BytePairDefinition {
    /// How texts are split, by the names that GGUF files have for it; their readers know it by these alone.
    ///
    /// An unknown name is refused: split in another way, most texts would look right and be wrong.
    private static let grammars: [(names: [String], grammar: WordGrammar)] = [
        (["gpt-2", "phi-2", "mpt", "olmo"], .gpt2),
        (["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone"], .digitsFirst),
        (["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez"], .qwen2),
        (["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "dbrx", "smaug-bpe"], .llama3)
    ]
    /// Of these, the ones for whom a word that is a token is that token.
    private static let wholeWords: Set = ["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral"]

    /// Reads the vocabulary of a GGUF file.
    ///
    /// Such a file does not say whether texts are composed canonically first. They are not, as in the programs that
    /// these files are made for.
    init(gguf url: URL, blocks: BlockDigests? = nil) throws(TokenizerError) {
        do {
            try self.init(GGUF(contentsOf: url, blocks: blocks))
        } catch let error as GGUFError {
            throw TokenizerError(file: error.file, problem: .gguf(error.problem))
        } catch let problem as Problem {
            throw TokenizerError(file: url.lastPathComponent, problem: problem)
        } catch {
            throw TokenizerError(
                file: url.lastPathComponent, problem: .file(.unreadable(reason: error.localizedDescription)))
        }
    }

    private init(_ file: GGUF) throws {
        let model = try file.required("tokenizer.ggml.model") { key throws(GGUFError) in try file.string(key) }
        switch model {
        case "gpt2":
            try readTokens(file)
            try readGrammar(file)
            try readMerges(file)
        case "llama":
            try readTokens(file)
            try readScores(file)
        default:
            throw Problem.unsupported(field: "tokenizer.ggml.model", found: model, supported: "gpt2, llama")
        }
        try readSpecial(file, begins: model == "llama" || takesWholeWords)
        if let text = try file.string("tokenizer.chat_template") { template = Self.digest(of: text.utf8) }
    }

    private mutating func readTokens(_ file: GGUF) throws {
        let key = "tokenizer.ggml.tokens"
        let texts = try file.required(key) { key throws(GGUFError) in try file.texts(key) }
        let types = try file.required("tokenizer.ggml.token_type") { key throws(GGUFError) in try file.integers(key) }
        guard types.count == texts.count else {
            throw Problem.wrongType(
                field: "tokenizer.ggml.token_type", found: "\(types.count) values", expected: "\(texts.count)")
        }
        guard !texts.isEmpty else { throw Problem.emptyVocabulary }
        guard texts.count < TokenizerDefinition.scalarLimit else {
            throw Problem.vocabularyTooLarge(scalars: texts.count, limit: TokenizerDefinition.scalarLimit)
        }
        tokens.reserveCapacity(tokens: texts.count, bytes: texts.reduce(0) { $0 + $1.count })
        kinds.reserveCapacity(texts.count)
        for (id, text) in texts.enumerated() {
            guard String(validating: text, as: UTF8.self) != nil else { throw Problem.notUTF8 }
            guard tokens.append(text) != nil else {
                throw Problem.duplicateToken(token: String(decoding: text, as: UTF8.self), line: id + 1)
            }
            kinds.append(try kind(types[id], text, id))
        }
    }

    private mutating func kind(_ type: Int, _ text: ArraySlice<UInt8>, _ id: Int) throws -> Kind {
        switch type {
        case 1: return .text
        case 2, 3:
            if !text.isEmpty { literals.append(LiteralToken(text: Array(text), id: Int32(id), isControl: true)) }
            return .silent
        case 4:
            guard !text.isEmpty else { throw Problem.emptyAddedToken(id: id) }
            literals.append(LiteralToken(text: Array(text), id: Int32(id), isControl: false))
            return .text
        case 5: return .silent
        case 6:
            guard let byte = Self.byte(text) else {
                throw Problem.unsupported(
                    field: "tokenizer.ggml.tokens[\(id)]", found: "\"\(String(decoding: text, as: UTF8.self))\"",
                    supported: "a byte as <0x0A>")
            }
            return .byte(byte)
        default:
            throw Problem.unsupported(
                field: "tokenizer.ggml.token_type[\(id)]", found: "\(type)", supported: "1 to 6")
        }
    }

    private mutating func readGrammar(_ file: GGUF) throws {
        let name = try file.required("tokenizer.ggml.pre") { key throws(GGUFError) in try file.string(key) }
        guard let grammar = Self.grammars.first(where: { $0.names.contains(name) })?.grammar else {
            throw Problem.unsupported(
                field: "tokenizer.ggml.pre", found: "\"\(name)\"",
                supported: Self.grammars.flatMap(\.names).joined(separator: ", "))
        }
        form = .bytes(grammar)
        takesWholeWords = Self.wholeWords.contains(name)
        let literal = Set(literals.map(\.id))
        for id in 0..<Int32(tokens.count) where !literal.contains(id) {
            guard case .text = kinds[Int(id)], ByteAlphabet.bytes(of: tokens.text(id)) == nil else { continue }
            throw Problem.unsupported(
                field: "tokenizer.ggml.tokens[\(id)]",
                found: "\"\(String(decoding: tokens.text(id), as: UTF8.self))\"",
                supported: "the 256 characters that stand for bytes")
        }
    }

    private mutating func readMerges(_ file: GGUF) throws {
        let key = "tokenizer.ggml.merges"
        let texts = try file.required(key) { key throws(GGUFError) in try file.texts(key) }
        pairs.reserveCapacity(texts.count)
        for (index, text) in texts.enumerated() {
            try addMerge(text, field: "\(key)[\(index)]")
        }
    }

    private mutating func readScores(_ file: GGUF) throws {
        let key = "tokenizer.ggml.scores"
        let scores = try file.required(key) { key throws(GGUFError) in try file.floats(key) }
        guard scores.count == tokens.count, scores.allSatisfy(\.isFinite) else {
            throw Problem.wrongType(
                field: key, found: "\(scores.count) values", expected: "\(tokens.count) finite numbers")
        }
        form = .characters(try file.bool("tokenizer.ggml.add_space_prefix") ?? true ? .always : .never)
        if let id = try token(file, "unknown") { unknown = id }
        addMerges(scores: scores)
    }

    private mutating func readSpecial(_ file: GGUF, begins: Bool) throws {
        if try file.bool("tokenizer.ggml.add_bos_token") ?? begins, let id = try token(file, "bos") { prefix = [id] }
        if try file.bool("tokenizer.ggml.add_eos_token") ?? false, let id = try token(file, "eos") { suffix = [id] }
        for role in ["eos", "eot", "eom"] {
            if let id = try token(file, role), !ends.contains(id) { ends.append(id) }
        }
    }

    private func token(_ file: GGUF, _ role: String) throws -> Int32? {
        let key = "tokenizer.ggml.\(role)_token_id"
        guard let id = try file.integer(key) else { return nil }
        guard 0..<tokens.count ~= id else {
            throw Problem.idOutOfRange(field: key, id: id, allowed: 0..<tokens.count)
        }
        return Int32(id)
    }
}

extension GGUF {
    /// The texts of an array as they lie in the header.
    func texts(_ key: String) throws(GGUFError) -> [ArraySlice<UInt8>]? {
        guard let value = header.values[key] else { return nil }
        guard case .array(let elements) = value, elements.kind == .text else {
            throw error(.wrongType(key: key, found: value.kind, expected: "an array of texts"))
        }
        var texts: [ArraySlice<UInt8>] = []
        texts.reserveCapacity(elements.count)
        var position = elements.bytes.lowerBound
        for _ in 0..<elements.count {
            let length: UInt64 = GGUFCursor.load(header.bytes, position)
            let start = position + 8
            position = start + Int(length)
            texts.append(header.bytes[start..<position])
        }
        return texts
    }

    /// A value that must be there.
    func required<Value>(
        _ key: String, _ value: (String) throws(GGUFError) -> Value?
    ) throws(GGUFError) -> Value {
        guard let value = try value(key) else { throw error(.missingKey(key)) }
        return value
    }
}
