import Foundation
import Testing

@testable import Unlearning

/// Against what rouge_score and its stemmer say (tools/reference/rouge_golden.py).
@Suite struct RougeLTests {
    private struct Golden: Decodable {
        struct Pair: Decodable {
            let reference, answer: String
            let recall: Double

            init(from decoder: any Decoder) throws {
                var items = try decoder.unkeyedContainer()
                reference = try items.decode(String.self)
                answer = try items.decode(String.self)
                recall = try items.decode(Double.self)
            }
        }

        let stems: [[String]]
        let rouge: [Pair]

        static func read() throws -> Golden {
            let url = Bundle.module.bundleURL.appending(path: "Fixtures/rouge.json")
            return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: url))
        }
    }

    @Test func stemsAreThoseOfTheReference() throws {
        let golden = try Golden.read()
        #expect(golden.stems.count > 1000)
        for pair in golden.stems { #expect(PorterStemmer.stem(pair[0]) == pair[1], "\(pair[0])") }
    }

    @Test func recallIsThatOfTheReference() throws {
        let golden = try Golden.read()
        #expect(Set(golden.rouge.map(\.recall)).count > 50)
        for pair in golden.rouge {
            #expect(abs(RougeL.recall(of: pair.reference, in: pair.answer) - pair.recall) < 1e-12)
        }
    }
}
