/// A value of a GGUF file's metadata; texts and arrays are where they lie in the header.
enum GGUFValue: Sendable {
    case integer(Int)
    /// Beyond what any program counts to.
    case large(UInt64)
    case float(Double)
    case bool(Bool)
    case text(Range<Int>)
    case array(Elements)

    /// The elements of an array: numbers one after another, or texts each behind its length.
    struct Elements: Sendable {
        let kind: Kind
        let count: Int
        let bytes: Range<Int>
    }

    /// The types of values, by their numbers in the format.
    enum Kind: UInt32, Sendable {
        case u8, i8, u16, i16, u32, i32, f32, bool, text, array, u64, i64, f64

        /// The bytes of a value; nil where they differ from value to value.
        var width: Int? {
            switch self {
            case .u8, .i8, .bool: 1
            case .u16, .i16: 2
            case .u32, .i32, .f32: 4
            case .u64, .i64, .f64: 8
            case .text, .array: nil
            }
        }
    }

    /// The most elements of an array, and bytes of a text.
    static let limit = 1 << 30

    /// What a message calls this value.
    var kind: String {
        switch self {
        case .integer(let value): "the number \(value)"
        case .large(let value): "the number \(value)"
        case .float(let value): "the number \(value)"
        case .bool(let value): "\(value)"
        case .text: "a text"
        case .array(let elements): "an array of \(elements.count) values"
        }
    }

    /// Reads the value of `key`, whose type comes first; the whole of an array is checked.
    init(_ cursor: inout GGUFCursor, key: String) throws(GGUFError.Problem) {
        let kind = try Self.kind(&cursor, key: key)
        switch kind {
        case .text: self = .text(try Self.text(&cursor, key: key))
        case .array: self = .array(try Self.elements(&cursor, key: key))
        default:
            let place = try cursor.skip(UInt64(kind.width ?? 0))
            self = try Self.number(kind, cursor.bytes, place.lowerBound, key: key)
        }
    }

    private static func kind(_ cursor: inout GGUFCursor, key: String) throws(GGUFError.Problem) -> Kind {
        let number = try cursor.integer(UInt32.self)
        guard let kind = Kind(rawValue: number) else { throw .unknownValueType(key: key, type: number) }
        return kind
    }

    private static func text(_ cursor: inout GGUFCursor, key: String) throws(GGUFError.Problem) -> Range<Int> {
        let length = try cursor.integer(UInt64.self)
        guard length <= UInt64(limit) else { throw .tooLong(key: key, count: length, limit: limit) }
        return try cursor.skip(length)
    }

    private static func elements(_ cursor: inout GGUFCursor, key: String) throws(GGUFError.Problem) -> Elements {
        let kind = try kind(&cursor, key: key)
        guard kind != .array else { throw .nestedArray(key: key) }
        let count = try cursor.integer(UInt64.self)
        guard count <= UInt64(limit) else { throw .tooLong(key: key, count: count, limit: limit) }
        let start = cursor.position
        if let width = kind.width {
            let place = try cursor.skip(count * UInt64(width))
            if kind == .bool, let byte = cursor.bytes[place].first(where: { $0 > 1 }) {
                throw .badBool(key: key, byte: byte)
            }
        } else {
            // Every text takes the 8 bytes of its length at least: no count lies for long.
            try cursor.require(count * 8)
            for _ in 0..<count { _ = try text(&cursor, key: key) }
        }
        return Elements(kind: kind, count: Int(count), bytes: start..<cursor.position)
    }

    /// The number that begins at an offset.
    static func number(
        _ kind: Kind, _ bytes: [UInt8], _ offset: Int, key: String
    ) throws(GGUFError.Problem) -> GGUFValue {
        func load<Value: FixedWidthInteger>(_: Value.Type) -> Value { GGUFCursor.load(bytes, offset) }
        switch kind {
        case .u8: return .integer(Int(load(UInt8.self)))
        case .i8: return .integer(Int(load(Int8.self)))
        case .u16: return .integer(Int(load(UInt16.self)))
        case .i16: return .integer(Int(load(Int16.self)))
        case .u32: return .integer(Int(load(UInt32.self)))
        case .i32: return .integer(Int(load(Int32.self)))
        case .u64:
            let value = load(UInt64.self)
            return Int(exactly: value).map { .integer($0) } ?? .large(value)
        case .i64: return .integer(Int(load(Int64.self)))
        case .f32: return .float(Double(Float(bitPattern: load(UInt32.self))))
        case .f64: return .float(Double(bitPattern: load(UInt64.self)))
        case .bool:
            guard bytes[offset] <= 1 else { throw .badBool(key: key, byte: bytes[offset]) }
            return .bool(bytes[offset] == 1)
        case .text, .array: preconditionFailure("this is no number")
        }
    }
}
