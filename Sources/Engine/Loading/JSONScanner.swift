/// A strict JSON reader that is pulled along by its caller.
///
/// Model files come from strangers, so it refuses what `JSONDecoder` lets pass: duplicate keys
/// (the first or the last might win, which is how two readers come to disagree about one file),
/// invalid UTF-8, lone surrogates, deep nesting and trailing bytes. Keys are compared by their
/// bytes; `String` equality would call two different vocabulary entries the same.
struct JSONScanner {
    static let depthLimit = 64

    private let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// Progress through an object or an array.
    struct Members {
        fileprivate var isFirst = true
        fileprivate var keys: Set<[UInt8]> = []
    }

    func fault(_ kind: JSONFault.Kind, at offset: Int? = nil) -> JSONFault {
        JSONFault(kind: kind, offset: offset ?? position)
    }

    mutating func peek() throws(JSONFault) -> UInt8 {
        while position < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        guard position < end else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    mutating func expect(_ byte: UInt8) throws(JSONFault) {
        let found = try peek()
        guard found == byte else { throw fault(.unexpectedByte(found)) }
        position += 1
    }

    /// Whether nothing but white space is left.
    mutating func finish() throws(JSONFault) {
        guard (try? peek()) == nil else { throw fault(.trailingBytes) }
    }

    /// The next key of an object whose opening brace has been read; nil at its closing brace.
    mutating func nextKey(_ members: inout Members) throws(JSONFault) -> String? {
        guard try more(&members, closing: UInt8(ascii: "}")) else { return nil }
        _ = try peek()
        let start = position
        let key = try string()
        guard members.keys.insert(Array(key.utf8)).inserted else {
            throw fault(.duplicateKey(key), at: start)
        }
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Whether another element follows in an array whose opening bracket has been read.
    mutating func nextElement(_ members: inout Members) throws(JSONFault) -> Bool {
        try more(&members, closing: UInt8(ascii: "]"))
    }

    private mutating func more(_ members: inout Members, closing: UInt8) throws(JSONFault) -> Bool {
        let byte = try peek()
        if byte == closing {
            position += 1
            return false
        }
        if !members.isFirst { try expect(UInt8(ascii: ",")) }
        members.isFirst = false
        return true
    }

    /// The text of a number, checked against the JSON grammar.
    mutating func number() throws(JSONFault) -> String {
        _ = try peek()
        let start = position
        take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
            try digits()
        }
        if position < end, isDigit(bytes[position]) { throw fault(.badNumber) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A literal such as `true`.
    mutating func literal(_ text: StaticString) throws(JSONFault) {
        for byte in text.description.utf8 {
            guard position < end else { throw fault(.unexpectedEnd) }
            guard bytes[position] == byte else { throw fault(.unexpectedByte(bytes[position])) }
            position += 1
        }
    }

    mutating func string() throws(JSONFault) -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        var decoded: [UInt8] = []
        var runStart = position
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                decoded.append(contentsOf: bytes[runStart..<position])
                position += 1
                guard let text = String(validating: decoded, as: UTF8.self) else {
                    throw fault(.invalidUTF8, at: start)
                }
                return text
            }
            guard byte >= 0x20 else { throw fault(.controlCharacter) }
            if byte == UInt8(ascii: "\\") {
                decoded.append(contentsOf: bytes[runStart..<position])
                position += 1
                try escape(into: &decoded)
                runStart = position
            } else {
                position += 1
            }
        }
        throw fault(.unexpectedEnd)
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONFault) {
        guard position < end else { throw fault(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            let start = position
            var value = try hexadecimal()
            if 0xD800..<0xDC00 ~= value, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else { throw fault(.loneSurrogate, at: start) }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault(.loneSurrogate, at: start) }
            decoded.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw fault(.badEscape, at: position - 1)
        }
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        guard end - position >= 4 else { throw fault(.unexpectedEnd) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw fault(.badEscape)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func digits() throws(JSONFault) {
        guard position < end, isDigit(bytes[position]) else { throw fault(.badNumber) }
        while position < end, isDigit(bytes[position]) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    @discardableResult
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
