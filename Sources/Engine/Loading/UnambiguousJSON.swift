/// JSON that every program reads alike, or not at all.
///
/// Beside what `JSONScanner` demands (members once, valid UTF-8, no byte order mark, nothing that follows) names are
/// ASCII, numbers are whole and written plainly, and nothing is null, which is a member for one reader and none for
/// another.
package enum UnambiguousJSON {
    /// More digits than these are not the same number in every program.
    package static let mostDigits = 18

    /// How many values a text has; throws at the first thing that could be read in two ways.
    @discardableResult
    package static func check(_ bytes: [UInt8]) throws(JSONFault) -> Int {
        var scanner = JSONScanner(bytes)
        let count = try read(&scanner, depth: 1)
        try scanner.finish()
        return count
    }

    private static func read(_ scanner: inout JSONScanner, depth: Int) throws(JSONFault) -> Int {
        guard depth <= JSONScanner.depthLimit else { throw scanner.fault(.tooDeep(limit: JSONScanner.depthLimit)) }
        var (members, count) = (JSONScanner.Members(), 1)
        switch try scanner.peek() {
        case UInt8(ascii: "{"):
            try scanner.expect(UInt8(ascii: "{"))
            while let key = try scanner.nextKey(&members) {
                if let byte = key.utf8.first(where: { $0 >= 0x80 }) { throw scanner.fault(.unexpectedByte(byte)) }
                count += try read(&scanner, depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try scanner.expect(UInt8(ascii: "["))
            while try scanner.nextElement(&members) { count += try read(&scanner, depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try scanner.string()
        case UInt8(ascii: "t"): try scanner.literal("true")
        case UInt8(ascii: "f"): try scanner.literal("false")
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let number = try scanner.number().utf8
            guard number.count <= mostDigits, number.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
                throw scanner.fault(.badNumber)
            }
        case let byte: throw scanner.fault(.unexpectedByte(byte))
        }
        return count
    }
}
