internal import Crypto
internal import Foundation

/// What the files beside a tokenizer.json say of a language model: where its texts end, and how it writes
/// conversations.
extension BytePairDefinition {
    private static let configurationName = "config.json"
    static let templateName = "chat_template.jinja"

    mutating func readSides(_ folder: URL) throws(TokenizerError) {
        let tokenizerName = TokenizerDefinition.configurationName
        if let bytes = try TokenizerDefinition.read(folder, tokenizerName) {
            do {
                try readConfiguration(TokenizerField(try TokenizerField.parse(bytes), path: ""))
            } catch {
                throw TokenizerError(file: tokenizerName, problem: error)
            }
        }
        if let bytes = try TokenizerDefinition.read(folder, Self.configurationName) {
            do {
                try readEnds(TokenizerField(try TokenizerField.parse(bytes), path: ""))
            } catch {
                throw TokenizerError(file: Self.configurationName, problem: error)
            }
        }
        // Where the template has a file of its own, that one counts.
        if let bytes = try TokenizerDefinition.read(folder, Self.templateName) { template = Self.digest(of: bytes) }
    }

    /// The digest by which a chat template is known.
    static func digest(of template: some Sequence<UInt8>) -> String {
        SHA256.hash(data: Array(template)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private mutating func readConfiguration(_ root: TokenizerField) throws(Problem) {
        if let field = try root.optional("added_tokens_decoder") {
            for member in try field.object().members {
                let token = try TokenizerField(member.value, path: "\(field.path).\(member.key)").token()
                let known = tokens.id(of: Array(token.utf8)).map { "\($0)" }
                guard known == member.key else {
                    throw .disagreement(
                        fact: "the id of \"\(token)\"", found: member.key, file: TokenizerDefinition.configurationName,
                        expected: known ?? "none", other: TokenizerDefinition.jsonName)
                }
            }
        }
        if let token = try root.optional("eos_token")?.token() {
            guard let id = tokens.id(of: Array(token.utf8)) else {
                throw .missingToken(role: "eos_token", token: token)
            }
            ends.append(id)
        }
        guard let field = try root.optional("chat_template") else { return }
        var text: TokenizerField? = field
        if case .array = field.value {
            text = nil
            for named in try field.array() where try named.required("name").string() == "default" {
                text = try named.required("template")
            }
        }
        template = try text.map { text throws(Problem) in Self.digest(of: try text.string().utf8) }
    }

    /// One id or several.
    private mutating func readEnds(_ root: TokenizerField) throws(Problem) {
        guard let field = try root.optional("eos_token_id") else { return }
        var fields = [field]
        if case .array = field.value { fields = try field.array() }
        for field in fields {
            let id = try field.id()
            guard id < tokens.count else {
                throw .idOutOfRange(field: field.path, id: Int(id), allowed: 0..<tokens.count)
            }
            if !ends.contains(id) { ends.append(id) }
        }
    }
}
