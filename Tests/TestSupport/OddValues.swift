/// Values and names that pictures must survive.
package enum OddValues {
    /// Numbers.
    package static let oddNumbers: [Double] = [
        .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
        .leastNormalMagnitude, 0, -0.0, 1, -1, 1e150, -1e150, 1e-150, 1e15, 123_456_789.125, 1e9 + 1, 0.1 + 0.2, 9.9995,
        99_999.96
    ]

    /// Whole numbers.
    package static let oddInts = [Int.min, -1, 0, 1, 59, 60, 61, 999, 1_000_000, .max]

    /// Texts that would end an element, reorder a line or take much room.
    package static let hostileNames = [
        "</svg><script>alert(1)</script>", "\" onload=\"alert(1)", "' x='", "]]>", "<!--", "&amp;&#0;&bogus;",
        "\u{0}\u{1B}[31m\u{7F}",
        "\u{202E}reversed\u{2066}", notCharacters, "a\nb\tc\r", "日本語のレシピ", "e\u{301}👩‍👩‍👧", "",
        String(repeating: "long ", count: 200),
        String(repeating: "w", count: 1000)
    ]

    /// Code points that the compiler takes in no literal.
    private static var notCharacters: String {
        var text = ""
        for value: UInt32 in [0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE] {
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// A repeatable generator; its quality is of no importance here.
    package struct Draws: RandomNumberGenerator {
        var state: UInt64

        /// A generator from this state.
        package init(state: UInt64) {
            self.state = state
        }

        /// The next word.
        package mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 32) | (state << 32)
        }
    }
}
