/// A JSON text read whole, for the small files beside the weights.
///
/// Numbers keep their text: what is a valid number depends on the field that asks.
indirect enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Several times as many as a vocabulary has words. Every value takes far more memory than the two bytes it may be
    /// written in.
    static let countLimit = 1 << 21

    init(parsing bytes: [UInt8]) throws(JSONFault) {
        var scanner = JSONScanner(bytes)
        var count = 0
        self = try JSONValue(&scanner, depth: 1, count: &count)
        try scanner.finish()
    }

    private init(_ scanner: inout JSONScanner, depth: Int, count: inout Int) throws(JSONFault) {
        count += 1
        guard count <= Self.countLimit else { throw scanner.fault(.tooManyValues(limit: Self.countLimit)) }
        guard depth <= JSONScanner.depthLimit else {
            throw scanner.fault(.tooDeep(limit: JSONScanner.depthLimit))
        }
        var members = JSONScanner.Members()
        switch try scanner.peek() {
        case UInt8(ascii: "{"):
            try scanner.expect(UInt8(ascii: "{"))
            var object = JSONObject()
            while let key = try scanner.nextKey(&members) {
                object.members.append(.init(key: key, value: try JSONValue(&scanner, depth: depth + 1, count: &count)))
            }
            self = .object(object)
        case UInt8(ascii: "["):
            try scanner.expect(UInt8(ascii: "["))
            var elements: [JSONValue] = []
            while try scanner.nextElement(&members) {
                elements.append(try JSONValue(&scanner, depth: depth + 1, count: &count))
            }
            self = .array(elements)
        case UInt8(ascii: "\""): self = .string(try scanner.string())
        case UInt8(ascii: "t"):
            try scanner.literal("true")
            self = .bool(true)
        case UInt8(ascii: "f"):
            try scanner.literal("false")
            self = .bool(false)
        case UInt8(ascii: "n"):
            try scanner.literal("null")
            self = .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            self = .number(try scanner.number())
        case let byte: throw scanner.fault(.unexpectedByte(byte))
        }
    }

    /// What a message calls this value.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let text): "the number \(text.prefix(40))"
        case .string(let text): "the string \"\(text.prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object in file order.
struct JSONObject: Equatable {
    struct Member: Equatable {
        let key: String
        let value: JSONValue
    }

    var members: [Member] = []

    /// The value of a key; nil where it is absent or null, which configuration files use alike.
    /// - Complexity: linear in the number of members.
    subscript(key: String) -> JSONValue? {
        guard let member = members.first(where: { $0.key.utf8.elementsEqual(key.utf8) }),
            member.value != .null
        else { return nil }
        return member.value
    }
}
