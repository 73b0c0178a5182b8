package import Foundation

/// What the small files beside a vocabulary say, which the library reads too: further tokens, and which tokens have a
/// role.
package struct TokenizerSideFiles {
    typealias Problem = TokenizerError.Problem

    static let addedName = "added_tokens.json"
    static let specialName = "special_tokens_map.json"
    private static let roleKeys = ["unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]

    /// Of added_tokens.json.
    private(set) var added: [(token: String, id: Int32)] = []
    /// Of vocab.txt, where it lies beside a tokenizer.json.
    private(set) var vocabulary: [TokenizerDefinition.Entry] = []
    /// Tokens by role, such as `cls_token`: of both files, which must agree.
    private(set) var roles: [String: String] = [:]
    /// `additional_special_tokens` of both files.
    private(set) var special: [String] = []
    /// Tokens that tokenizer_config.json calls special: found in the text as it is.
    private var configured: Set<String> = []
    /// tokenizer_config.json; nil where it is missing.
    private(set) var configuration: TokenizerField?
    /// Of these files, the ones that say something which no other file says: what a text becomes depends on them.
    private(set) var deciding: [String] = []

    /// `readsVocabulary`: Whether vocab.txt is looked at where it is not what the tokenizer is made of.
    init(_ folder: URL, readsVocabulary: Bool = false) throws(TokenizerError) {
        let map = try Self.field(folder, Self.specialName)
        configuration = try Self.field(folder, TokenizerDefinition.configurationName)
        if let file = try Self.field(folder, Self.addedName) {
            deciding.append(Self.addedName)
            added = try Self.named(Self.addedName) { () throws(Problem) in
                var found: [(token: String, id: Int32)] = []
                for member in try file.object().members {
                    found.append((member.key, try TokenizerField(member.value, path: member.key).id()))
                }
                return found.sorted { $0.id < $1.id }
            }
        }
        var saysMore = false
        // A tokenizer.json has its own roles, and others are refused.
        let hasRoles = FileManager.default.fileExists(atPath: folder.appending(path: TokenizerDefinition.jsonName).path)
        if hasRoles, readsVocabulary,
            let text = try TokenizerDefinition.read(folder, TokenizerDefinition.vocabularyName)
        {
            vocabulary = try Self.named(TokenizerDefinition.vocabularyName) { () throws(Problem) in
                try TokenizerDefinition.entries(text)
            }
        }
        for key in Self.roleKeys {
            let mapped = try Self.named(Self.specialName) { () throws(Problem) in try map?.optional(key)?.token() }
            let configured = try Self.named(TokenizerDefinition.configurationName) {
                [configuration] () throws(Problem) in
                try configuration?.optional(key)?.token()
            }
            if let mapped, let configured, mapped != configured {
                throw TokenizerError(
                    file: Self.specialName,
                    problem: .disagreement(
                        fact: key, found: "\"\(mapped)\"", file: Self.specialName, expected: "\"\(configured)\"",
                        other: TokenizerDefinition.configurationName))
            }
            roles[key] = configured ?? mapped
            if let configured { self.configured.insert(configured) }
            saysMore = saysMore || !hasRoles && mapped != nil && configured == nil
        }
        for (name, file) in [(TokenizerDefinition.configurationName, configuration), (Self.specialName, map)] {
            let tokens = try Self.named(name) { () throws(Problem) in
                var tokens: [String] = []
                for token in try file?.optional("additional_special_tokens")?.array() ?? [] {
                    tokens.append(try token.token())
                }
                return tokens
            }
            if name == Self.specialName { saysMore = saysMore || !tokens.isEmpty } else { configured.formUnion(tokens) }
            special += tokens.filter { !special.contains($0) }
        }
        if saysMore { deciding.append(Self.specialName) }
    }

    /// Whether a further token is looked for in the normalized text: so does the library, but for those of
    /// tokenizer_config.json.
    func isNormalized(_ token: String) -> Bool { !configured.contains(token) }

    /// Names of files beside the vocabulary that decide what a text of this folder becomes, as far as they can be read.
    package static func deciding(in folder: URL) -> [String] {
        let template = BytePairDefinition.templateName
        let isThere = FileManager.default.fileExists(atPath: folder.appending(path: template).path)
        return ((try? TokenizerSideFiles(folder).deciding) ?? [addedName, specialName]) + (isThere ? [template] : [])
    }

    private static func field(_ folder: URL, _ name: String) throws(TokenizerError) -> TokenizerField? {
        guard let bytes = try TokenizerDefinition.read(folder, name) else { return nil }
        return try named(name) { () throws(Problem) in TokenizerField(try TokenizerField.parse(bytes), path: "") }
    }

    private static func named<Value>(
        _ name: String, _ body: () throws(Problem) -> Value
    ) throws(TokenizerError) -> Value {
        do {
            return try body()
        } catch {
            throw TokenizerError(file: name, problem: error)
        }
    }
}

extension TokenizerDefinition {
    /// Tokens of added_tokens.json, behind those of vocab.txt.
    mutating func addFurther(_ side: TokenizerSideFiles) throws(Problem) {
        for (token, id) in side.added { try add(Added(content: token, id: id, isNormalized: side.isNormalized(token))) }
    }

    /// `additional_special_tokens`: cut out of a text as they are.
    mutating func addSpecial(_ side: TokenizerSideFiles) throws(TokenizerError) {
        for token in side.special {
            do throws(Problem) {
                guard let id = id(of: token) else {
                    throw Problem.unsupported(
                        field: "additional_special_tokens", found: "\"\(token)\", which no file gives an id",
                        supported: "tokens of vocab.txt or added_tokens.json")
                }
                try addOnce(token, id)
            } catch {
                throw TokenizerError(file: TokenizerSideFiles.specialName, problem: error)
            }
        }
    }

    /// Refuses files beside a tokenizer.json that say another thing than it: one library follows the one, another the
    /// other.
    mutating func agree(with side: TokenizerSideFiles) throws(TokenizerError) {
        func differs(_ fact: String, _ found: String, _ file: String, _ expected: String) -> TokenizerError {
            TokenizerError(
                file: file,
                problem: .disagreement(fact: fact, found: found, file: file, expected: expected, other: Self.jsonName))
        }
        for (token, id) in side.added where self.id(of: token) != id {
            throw differs(
                "the id of \"\(token)\"", "\(id)", TokenizerSideFiles.addedName,
                self.id(of: token).map { "\($0)" } ?? "none")
        }
        let ids = ["unk_token": [unknown], "cls_token": prefix, "sep_token": suffix]
        for (role, token) in side.roles.sorted(by: { $0.key < $1.key }) {
            // A template of several tokens is no role's.
            guard let expected = ids[role], expected.count == 1 else { continue }
            let found = self.id(of: token)
            guard expected == found.map({ [$0] }) else {
                throw differs(
                    role, "\"\(token)\"", Self.configurationName,
                    "the token of id \(expected.map { "\($0)" }.joined(separator: ", "))")
            }
        }
        for (token, id) in side.vocabulary where self.id(of: token) != id {
            throw differs(
                "the id of \"\(token)\"", "\(id)", Self.vocabularyName, self.id(of: token).map { "\($0)" } ?? "none")
        }
        try compareNormalizer(side, differs)
        try addSpecial(side)
    }

    private func compareNormalizer(
        _ side: TokenizerSideFiles, _ differs: (String, String, String, String) -> TokenizerError
    ) throws(TokenizerError) {
        guard let root = side.configuration else { return }
        do {
            let facts: [(String, Bool)] = [
                ("do_lower_case", normalizer.lowercase), ("tokenize_chinese_chars", normalizer.handleChinese)
            ]
            for (key, expected) in facts {
                guard let found = try root.optional(key)?.bool(), found != expected else { continue }
                throw differs(key, "\(found)", Self.configurationName, "\(expected)")
            }
            // Null is: as `do_lower_case`.
            if let found = try root.optional("strip_accents")?.bool(), found != normalizer.stripAccents {
                throw differs("strip_accents", "\(found)", Self.configurationName, "\(normalizer.stripAccents)")
            }
        } catch let error as TokenizerError {
            throw error
        } catch let problem as Problem {
            throw TokenizerError(file: Self.configurationName, problem: problem)
        } catch {
            throw TokenizerError(file: Self.configurationName, problem: .notUTF8)
        }
    }
}
