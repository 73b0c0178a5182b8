/// A value in a tokenizer's JSON file with the path that leads to it, so that errors can name it.
struct TokenizerField {
    typealias Problem = TokenizerError.Problem

    let value: JSONValue
    let path: String

    init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .syntax(error)
        }
    }

    private func wrongType(_ expected: String) -> Problem {
        .wrongType(field: path.isEmpty ? "the file" : path, found: value.kind, expected: expected)
    }

    func object() throws(Problem) -> JSONObject {
        guard case .object(let object) = value else { throw wrongType("an object") }
        return object
    }

    /// A token is written as a string, or as an object with a content.
    func token() throws(Problem) -> String {
        if case .object = value { return try required("content").string() }
        return try string()
    }

    func array() throws(Problem) -> [TokenizerField] {
        guard case .array(let elements) = value else { throw wrongType("an array") }
        return elements.indices.map { TokenizerField(elements[$0], path: "\(path)[\($0)]") }
    }

    func string() throws(Problem) -> String {
        guard case .string(let text) = value else { throw wrongType("a string") }
        return text
    }

    func bool() throws(Problem) -> Bool {
        guard case .bool(let flag) = value else { throw wrongType("true or false") }
        return flag
    }

    func integer() throws(Problem) -> Int {
        guard case .number(let text) = value, let number = Int(text) else { throw wrongType("a whole number") }
        return number
    }

    func id() throws(Problem) -> Int32 {
        let number = try integer()
        let allowed = 0..<TokenizerDefinition.scalarLimit
        guard allowed.contains(number) else { throw .idOutOfRange(field: path, id: number, allowed: allowed) }
        return Int32(number)
    }

    /// A member; nil where it is absent or null.
    func optional(_ key: String) throws(Problem) -> TokenizerField? {
        let object = try object()
        return object[key].map { TokenizerField($0, path: path.isEmpty ? key : "\(path).\(key)") }
    }

    func required(_ key: String) throws(Problem) -> TokenizerField {
        guard let field = try optional(key) else { throw .missingField(path.isEmpty ? key : "\(path).\(key)") }
        return field
    }

    /// A member that is true or false; false where it is absent.
    func flag(_ key: String) throws(Problem) -> Bool { try optional(key)?.bool() ?? false }

    func type() throws(Problem) -> String { try required("type").string() }

    func requireType(_ supported: String) throws(Problem) {
        let found = try type()
        guard found == supported else { throw .unsupported(field: path, found: found, supported: supported) }
    }

    /// The segment of a template's item: only 0, the first, is ever fed to the network.
    func requireSegment() throws(Problem) {
        let segment = try optional("type_id")?.integer() ?? 0
        guard segment == 0 else {
            throw .unsupported(field: "\(path).type_id", found: "\(segment)", supported: "0")
        }
    }
}
