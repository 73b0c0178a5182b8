/// What a tokenizer.json says of the way from a text to what is merged, and back: the combinations of components that
/// are in use, each with the values under which it is exactly one of the forms here.
extension BytePairDefinition {
    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let letters = #"|[^\r\n\p{L}\p{N}]?\p{L}+"#

    /// Expressions by which texts are split, as files write them.
    static let expressions: [String: WordGrammar] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        contractions + letters + #"|\p{N}"# + rest: .qwen2,
        contractions + letters + #"|\p{N}{1,3}"# + rest: .llama3
    ]

    mutating func readForm(_ root: TokenizerField) throws(Problem) {
        let normalizers = try Self.parts(try root.optional("normalizer"), "normalizers")
        let splitters = try Self.parts(try root.optional("pre_tokenizer"), "pretokenizers")
        if splitters.isEmpty {
            try readPrependedSpace(normalizers, root)
            form = .characters(.always)
        } else if try splitters[0].type() == "Metaspace" {
            try Self.refuseAll(normalizers, supported: "none before a Metaspace")
            try Self.refuseAll(splitters.dropFirst(), supported: "a Metaspace alone")
            form = .characters(try Self.metaspace(splitters[0]))
        } else {
            form = .bytes(try Self.grammar(splitters))
            for normalizer in normalizers {
                try normalizer.requireType("NFC")
                composes = true
            }
        }
    }

    /// The components of a sequence, or the one component; none where there is no field.
    private static func parts(_ field: TokenizerField?, _ key: String) throws(Problem) -> [TokenizerField] {
        guard let field else { return [] }
        return try field.type() == "Sequence" ? try field.required(key).array() : [field]
    }

    private static func refuseAll(_ parts: some Collection<TokenizerField>, supported: String) throws(Problem) {
        guard let part = parts.first else { return }
        throw .unsupported(field: part.path, found: try part.type(), supported: supported)
    }

    // MARK: Bytes

    /// ByteLevel with its own expression, digits set apart before it, or another expression before it.
    private static func grammar(_ splitters: [TokenizerField]) throws(Problem) -> WordGrammar {
        let last = splitters[splitters.count - 1]
        try last.requireType("ByteLevel")
        // Absent means true for both.
        if try last.optional("add_prefix_space")?.bool() ?? true {
            throw .unsupported(field: "\(last.path).add_prefix_space", found: "true", supported: "false")
        }
        let usesOwn = try last.optional("use_regex")?.bool() ?? true
        guard splitters.count > 1 else {
            guard usesOwn else {
                throw .unsupported(field: "\(last.path).use_regex", found: "false", supported: "true")
            }
            return .gpt2
        }
        guard splitters.count == 2 else {
            throw .unsupported(
                field: splitters[1].path, found: try splitters[1].type(), supported: "ByteLevel behind one other")
        }
        switch (try splitters[0].type(), usesOwn) {
        case ("Digits", true):
            guard try splitters[0].flag("individual_digits") else {
                throw .unsupported(
                    field: "\(splitters[0].path).individual_digits", found: "false", supported: "true")
            }
            return .digitsFirst
        case ("Split", false): return try split(splitters[0])
        case (let found, _):
            throw .unsupported(
                field: splitters[0].path, found: found,
                supported: "Digits before a ByteLevel with use_regex true, Split before one with use_regex false")
        }
    }

    private static func split(_ field: TokenizerField) throws(Problem) -> WordGrammar {
        let behavior = try field.required("behavior").string()
        guard behavior == "Isolated", try !field.flag("invert") else {
            throw .unsupported(
                field: field.path, found: "behavior \(behavior)", supported: "behavior Isolated, not inverted")
        }
        let pattern = try field.required("pattern").required("Regex")
        guard let grammar = expressions[try pattern.string()] else {
            throw .unsupported(
                field: pattern.path, found: pattern.value.kind, supported: "the expressions of GPT-2, Qwen2 and Llama 3"
            )
        }
        return grammar
    }

    // MARK: Characters

    /// A space before every stretch, and all spaces as U+2581.
    private func readPrependedSpace(_ normalizers: [TokenizerField], _ root: TokenizerField) throws(Problem) {
        guard normalizers.count == 2 else {
            throw .unsupported(
                field: "pre_tokenizer", found: "none", supported: "none only behind the normalizers Prepend and Replace"
            )
        }
        try normalizers[0].requireType("Prepend")
        try Self.require(try normalizers[0].required("prepend"), "▁")
        try normalizers[1].requireType("Replace")
        try Self.require(try normalizers[1].required("pattern").required("String"), " ")
        try Self.require(try normalizers[1].required("content"), "▁")
    }

    private static func require(_ field: TokenizerField, _ text: String) throws(Problem) {
        let found = try field.string()
        guard found == text else {
            throw .unsupported(field: field.path, found: "\"\(found)\"", supported: "\"\(text)\"")
        }
    }

    private static func metaspace(_ field: TokenizerField) throws(Problem) -> SpacePrefix {
        try require(try field.required("replacement"), "▁")
        guard let splits = try field.optional("split")?.bool(), !splits else {
            throw .unsupported(field: "\(field.path).split", found: "true", supported: "false")
        }
        switch try field.optional("prepend_scheme")?.string() ?? "always" {
        case "always": return .whereMissing
        case "first": return .atBeginning
        case "never": return .never
        case let found:
            throw .unsupported(
                field: "\(field.path).prepend_scheme", found: "\"\(found)\"", supported: "always, first, never")
        }
    }

    /// Refuses a way back that is not the one of the form. What is done to spaces before punctuation is for display.
    func checkDecoder(_ field: TokenizerField) throws(Problem) {
        let allowed: [String]
        switch form {
        case .bytes: allowed = ["ByteLevel"]
        case .characters: allowed = ["Replace", "ByteFallback", "Fuse", "Strip", "Metaspace"]
        }
        for part in try Self.parts(field, "decoders") {
            let type = try part.type()
            guard allowed.contains(type) else {
                throw .unsupported(field: part.path, found: type, supported: allowed.joined(separator: ", "))
            }
        }
    }
}
