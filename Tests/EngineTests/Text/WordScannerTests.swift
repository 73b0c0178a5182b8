import Foundation
import Testing

@testable import Engine

/// The scanners against the expressions that they stand for, run by an engine for regular expressions.
@Suite struct WordScannerTests {
    private static let expressions: [(grammar: WordGrammar, expression: String)] =
        BytePairDefinition.expressions.map { ($0.value, $0.key) }.sorted { $0.1.count < $1.1.count }

    private func words(_ text: String, _ grammar: WordGrammar) -> [String] {
        let bytes = Array(text.utf8)
        let scanner = WordScanner(grammar, bytes, end: bytes.count)
        var (words, start) = ([String](), 0)
        while start < bytes.count {
            let end = scanner.end(of: start)
            words.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return words
    }

    private func words(_ text: String, _ expression: NSRegularExpression) -> [String] {
        let whole = text as NSString
        return expression.matches(in: text, range: NSRange(location: 0, length: whole.length))
            .map { whole.substring(with: $0.range) }
    }

    /// Scalars of all planes, and those on which the grammars turn, in any order.
    private static func texts(_ count: Int) -> [String] {
        let special = Array(" '\n\r\tsStTmMdDreRvVlLaz019!\u{17F}\u{A0}\u{3000}\u{85}é日١½\u{301}😀".unicodeScalars)
        return (0..<count).map { index in
            var text = String.UnicodeScalarView()
            let random = Philox(seed: 11, purpose: "words", context: ["\(index)"])
            for number in random.uniforms(24, bound: 1) {
                let place = (number + 1) / 2
                let fine = (place * 997).truncatingRemainder(dividingBy: 1)
                switch (place * 31).truncatingRemainder(dividingBy: 1) {
                case ..<0.7: text.append(special[Int(fine * Float(special.count))])
                case ..<0.85: text.append(Unicode.Scalar(UInt32(fine * 0x3000)) ?? "x")
                default: text.append(Unicode.Scalar(UInt32(fine * 0x110000)) ?? "x")
                }
            }
            return String(text)
        }
    }

    @Test(arguments: expressions.indices)
    func wordsAreThoseOfTheExpression(index: Int) throws {
        let (grammar, pattern) = Self.expressions[index]
        let expression = try NSRegularExpression(pattern: pattern)
        for text in Self.texts(4000) {
            let (own, expected) = (words(text, grammar), words(text, expression))
            #expect(own.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(text.debugDescription)")
        }
    }

    @Test func digitsAreSetApartBeforeTheExpression() throws {
        let pattern = try #require(BytePairDefinition.expressions.first { $0.value == .gpt2 }?.key)
        let expression = try NSRegularExpression(pattern: pattern)
        let digit = try NSRegularExpression(
            pattern: #"[\p{N}\x{11DE0}-\x{11DE9}\x{16FF4}-\x{16FF6}]|[^\p{N}\x{11DE0}-\x{11DE9}\x{16FF4}-\x{16FF6}]+"#)
        for text in Self.texts(4000) {
            let expected = words(text, digit).flatMap { words($0, expression) }
            #expect(
                words(text, .digitsFirst).map { Array($0.utf8) } == expected.map { Array($0.utf8) },
                "\(text.debugDescription)")
        }
    }
}
