/// The tokens that a post-processor puts around every text.
struct SpecialTokenTemplate {
    typealias Problem = TokenizerError.Problem

    private(set) var prefix: [Int32] = []
    private(set) var suffix: [Int32] = []

    /// Reads a TemplateProcessing. `id`: the vocabulary's id of a token.
    init(_ field: TokenizerField, id: (String) -> Int32?) throws(Problem) {
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
                for (number, token) in zip(ids, tokens) {
                    let number = try Self.check(try token.string(), try number.id(), id)
                    if places == 0 { prefix.append(number) } else { suffix.append(number) }
                }
            }
        }
        guard places == 1 else { throw .templateWithoutText }
    }

    /// The id that a file gives a token, which must be the vocabulary's.
    static func check(_ token: String, _ found: Int32, _ id: (String) -> Int32?) throws(Problem) -> Int32 {
        let expected = id(token)
        guard found == expected else {
            throw .specialTokenMismatch(token: token, found: Int(found), expected: expected.map(Int.init))
        }
        return found
    }
}
