import Testing

@testable import Engine

/// What one reader takes for one thing and another for another is refused.
@Suite struct UnambiguousJSONTests {
    @Test(arguments: [
        ("{}", 1), ("[]", 1), ("\"x\"", 1), ("0", 1), (" {\"a\":[1,2,{\"b\":true}],\"c\":\"\\u00e9\"}\r\n", 7),
        ("999999999999999999", 1)
    ])
    func valuesAreCounted(text: String, values: Int) throws {
        #expect(try UnambiguousJSON.check(Array(text.utf8)) == values)
    }

    @Test(arguments: [
        "", "{\"a\":1,\"a\":1}", "{\"x\":{\"a\":1,\"\\u0061\":2}}", "{\"\u{212A}\":1}", "null", "[null]", "-1", "-0",
        "01", "1.0", "1e0", "1E2",
        "1000000000000000000", "NaN", "{} {}", "{}\0", "\u{FEFF}{}", "[1,]", "{\"a\":1,}", "\"\\ud800\"", "\"\t\""
    ])
    func whatCouldBeReadInTwoWaysIsRefused(text: String) {
        #expect(throws: JSONFault.self) { try UnambiguousJSON.check(Array(text.utf8)) }
    }

    @Test func invalidUTF8AndDeepNestingAreRefused() throws {
        #expect(throws: JSONFault.self) { try UnambiguousJSON.check([0x22, 0xC0, 0x80, 0x22]) }
        func nest(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(try UnambiguousJSON.check(nest(64)) == 64)
        #expect(throws: JSONFault.self) { try UnambiguousJSON.check(nest(65)) }
        #expect(throws: JSONFault.self) { try UnambiguousJSON.check(nest(100_000)) }
    }
}
