import Testing

@testable import Unlearning

/// The digests of exactness.md are HMAC-SHA-256 and nothing else.
@Suite struct KeyedDigestTests {
    /// RFC 4231, section 4: test cases 1 to 4.
    static let cases: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        )
    ]

    @Test(arguments: cases.indices)
    func aCodeIsThatOfTheStandard(index: Int) {
        let item = Self.cases[index]
        let key = DigestKey(item.key)
        // Twice, because a key is used by the thousand.
        for _ in 0..<2 { #expect(key.code(item.message).hexadecimal == item.code) }
    }

    @Test func partsAreFramedByTheirLengths() {
        let key = DigestKey([1, 2, 3])
        var digest = KeyedDigest(key)
        digest.add([7, 8])
        digest.add(0x0102_0304_0506_0708)
        #expect(digest.finish() == key.code([0, 0, 0, 0, 0, 0, 0, 2, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]))
    }
}
