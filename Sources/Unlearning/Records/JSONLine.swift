/// Reads one JSON object, strictly as RFC 8259 says, and keeps its top-level members.
///
/// Not left to Foundation, which takes one of two equal keys without a word, and turns a long id into the nearest
/// floating-point number: either would give a record another name or another text than its file does.
package struct JSONLine {
    /// A member's value; of nested ones only their kind.
    package enum Value: Equatable {
        case string(String)
        /// A number without fraction and exponent, in the digits of the file.
        case integer(String)
        /// Any other number, likewise.
        case number(String)
        case boolean
        case null
        case array
        case object
    }

    /// A member of the object, with its name.
    package struct Member {
        /// The name, told apart by its bytes.
        package var key: RecordID
        /// The value.
        package var value: Value
        /// Where it stands in the line.
        var range: Range<Int>
    }

    /// Deeper nesting is refused, so no line can exhaust the stack.
    static let deepest = 64

    /// The members of the object that is the whole line, whose bytes must be valid UTF-8.
    package static func members(_ line: [UInt8]) throws(JSONLineError) -> [Member] {
        var reader = JSONLine(line)
        reader.skipBlanks()
        guard reader.peek == UInt8(ascii: "{") else { throw .notAnObject }
        let members = try reader.object(depth: 1, keep: true)
        reader.skipBlanks()
        guard reader.next == line.count else { throw .textAfterObject(offset: reader.next) }
        return members
    }

    /// The items of an array, whose bytes are a part of a line that was read: the members of each that is an object,
    /// nil for any other.
    static func items(_ array: ArraySlice<UInt8>) throws(JSONLineError) -> [[Member]?] {
        var reader = JSONLine(Array(array))
        var items: [[Member]?] = []
        try reader.array(depth: 1) { reader throws(JSONLineError) in
            reader.skipBlanks()
            if reader.peek == UInt8(ascii: "{") {
                items.append(try reader.object(depth: 2, keep: true))
            } else {
                _ = try reader.value(depth: 1)
                items.append(nil)
            }
        }
        reader.skipBlanks()
        guard reader.next == reader.bytes.count else { throw .textAfterObject(offset: reader.next) }
        return items
    }

    /// Whether a byte is white space between tokens.
    package static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private let bytes: [UInt8]
    private var next = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skipBlanks() {
        while next < bytes.count, Self.isBlank(bytes[next]) { next += 1 }
    }

    private func unexpected() -> JSONLineError {
        next < bytes.count ? .unexpectedByte(offset: next) : .unexpectedEnd
    }

    private mutating func take(_ byte: UInt8) throws(JSONLineError) {
        guard peek == byte else { throw unexpected() }
        next += 1
    }
}

// The grammar.
extension JSONLine {
    private mutating func object(depth: Int, keep: Bool) throws(JSONLineError) -> [Member] {
        var members: [Member] = []
        var seen: Set<RecordID> = []
        try take(UInt8(ascii: "{"))
        skipBlanks()
        if peek == UInt8(ascii: "}") {
            next += 1
            return members
        }
        while true {
            skipBlanks()
            let key = RecordID(try string())
            guard seen.insert(key).inserted else { throw .duplicateKey }
            skipBlanks()
            try take(UInt8(ascii: ":"))
            skipBlanks()
            let start = next
            let value = try value(depth: depth)
            if keep { members.append(Member(key: key, value: value, range: start..<next)) }
            skipBlanks()
            if peek == UInt8(ascii: "}") {
                next += 1
                return members
            }
            try take(UInt8(ascii: ","))
        }
    }

    /// `item`: Reads what stands in it, item by item.
    private mutating func array(
        depth: Int, item: (inout JSONLine) throws(JSONLineError) -> Void
    ) throws(JSONLineError) {
        try take(UInt8(ascii: "["))
        skipBlanks()
        if peek == UInt8(ascii: "]") {
            next += 1
            return
        }
        while true {
            try item(&self)
            skipBlanks()
            if peek == UInt8(ascii: "]") {
                next += 1
                return
            }
            try take(UInt8(ascii: ","))
        }
    }

    private mutating func value(depth: Int) throws(JSONLineError) -> Value {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.deepest else { throw .tooDeep(limit: Self.deepest) }
            if peek == UInt8(ascii: "[") {
                try array(depth: depth + 1) { reader throws(JSONLineError) in
                    _ = try reader.value(depth: depth + 1)
                }
                return .array
            }
            _ = try object(depth: depth + 1, keep: false)
            return .object
        case UInt8(ascii: "t"):
            return try literal("true", .boolean)
        case UInt8(ascii: "f"):
            return try literal("false", .boolean)
        case UInt8(ascii: "n"):
            return try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte):
            return try number()
        default:
            throw unexpected()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: Value) throws(JSONLineError)
        -> Value
    {
        for byte in "\(word)".utf8 { try take(byte) }
        return value
    }

    private mutating func number() throws(JSONLineError) -> Value {
        let start = next
        if peek == UInt8(ascii: "-") { next += 1 }
        if peek == UInt8(ascii: "0") { next += 1 } else { try digits(from: start) }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            next += 1
            try digits(from: start)
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            next += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { next += 1 }
            try digits(from: start)
        }
        let text = String(decoding: bytes[start..<next], as: UTF8.self)
        return isInteger ? .integer(text) : .number(text)
    }

    private mutating func digits(from start: Int) throws(JSONLineError) {
        let first = next
        while let byte = peek, Self.isDigit(byte) { next += 1 }
        if next == first { throw .badNumber(offset: start) }
    }
}

// Strings.
extension JSONLine {
    private mutating func string() throws(JSONLineError) -> String {
        try take(UInt8(ascii: "\""))
        let start = next
        skipOrdinary()
        if peek == UInt8(ascii: "\"") {
            defer { next += 1 }
            return String(decoding: bytes[start..<next], as: UTF8.self)
        }
        var decoded = Array(bytes[start..<next])
        while true {
            switch peek {
            case UInt8(ascii: "\""):
                next += 1
                return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"):
                decoded.append(
                    contentsOf: UTF8.encode(try escape()) ?? UTF8.encodedReplacementCharacter)
            case nil:
                throw .unexpectedEnd
            default:
                throw .controlCharacter(offset: next)
            }
            let from = next
            skipOrdinary()
            decoded.append(contentsOf: bytes[from..<next])
        }
    }

    private mutating func skipOrdinary() {
        while next < bytes.count {
            let byte = bytes[next]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            next += 1
        }
    }

    private mutating func escape() throws(JSONLineError) -> Unicode.Scalar {
        let start = next
        next += 1
        guard let byte = peek else { throw .unexpectedEnd }
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw .badEscape(offset: start)
        }
        let high = try hexadecimal(from: start)
        if let scalar = Unicode.Scalar(high) { return scalar }
        // Code points beyond 0xFFFF are written as two halves, high before low.
        guard high < 0xDC00, peek == UInt8(ascii: "\\") else { throw .loneSurrogate(offset: start) }
        next += 1
        guard peek == UInt8(ascii: "u") else { throw .loneSurrogate(offset: start) }
        next += 1
        let low = try hexadecimal(from: start)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw .loneSurrogate(offset: start) }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(JSONLineError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw .unexpectedEnd }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw .badEscape(offset: start)
            }
            value = value << 4 | UInt32(digit)
            next += 1
        }
        return value
    }
}

extension JSONLine.Value {
    /// For messages; never the value itself.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number with a fraction or exponent"
        case .boolean: "true or false"
        case .null: "null"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// What is wrong with a line that should hold one JSON object. Offsets count bytes of the line from 0.
package enum JSONLineError: Error, Equatable, Sendable {
    /// The line is no object, or ends within one.
    case notAnObject, unexpectedEnd
    /// The byte there begins nothing that may stand there.
    case unexpectedByte(offset: Int)
    /// Arrays and objects are nested deeper than `limit`.
    case tooDeep(limit: Int)
    /// One object has a key twice.
    case duplicateKey
    /// A backslash is followed by nothing that JSON knows.
    case badEscape(offset: Int)
    /// An escape is half a character.
    case loneSurrogate(offset: Int)
    /// A string holds a control character that is not escaped.
    case controlCharacter(offset: Int)
    /// A number is not written as JSON has it.
    case badNumber(offset: Int)
    /// Something follows the object.
    case textAfterObject(offset: Int)
}

extension JSONLineError: CustomStringConvertible {
    /// What is wrong, as the beginning of a sentence.
    package var description: String {
        switch self {
        case .notAnObject: "the line is not a JSON object"
        case .unexpectedEnd: "the object is not finished at the end of the line"
        case .unexpectedByte(let offset): "not JSON at byte \(offset + 1) of the line"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .duplicateKey: "a key stands twice in one object"
        case .badEscape(let offset): "an unknown escape at byte \(offset + 1) of the line"
        case .loneSurrogate(let offset):
            "half a character (a lone surrogate) at byte \(offset + 1) of the line"
        case .controlCharacter(let offset):
            "a raw control character in a string at byte \(offset + 1) of the line"
        case .badNumber(let offset): "a malformed number at byte \(offset + 1) of the line"
        case .textAfterObject(let offset):
            "text behind the object at byte \(offset + 1) of the line"
        }
    }
}
