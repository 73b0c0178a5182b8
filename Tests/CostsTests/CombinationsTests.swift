import Foundation
import Testing

@testable import Costs

@Suite struct CombinationsTests {
    /// Against the product, factor by factor.
    @Test(arguments: [
        (10, 3, 4), (1000, 100, 200), (100_000, 700, 90_000), (100_000, 50_000, 49_990), (1_000_000, 65, 65),
        (5_000_000, 1_000_000, 1_000_000), (200, 100, 99)
    ])
    func theChanceOfNoneIsTheProduct(total: Int, marked: Int, drawn: Int) {
        var product = 0.0
        for step in 0..<drawn { product += log1p(-Double(marked) / Double(total - step)) }
        let found = Combinations.logOfNone(marked: Double(marked), of: Double(total), drawn: Double(drawn))
        #expect(abs(found - product) <= 1e-9 * max(1, abs(product)), "\(found) \(product)")
        let other = Combinations.logOfNone(marked: Double(drawn), of: Double(total), drawn: Double(marked))
        #expect(abs(found - other) <= 1e-9 * max(1, abs(product)))
    }

    @Test func whatIsCertainOrImpossibleHasAProbabilityOfOneOrNone() {
        #expect(Combinations.probabilityOfAny(marked: 0, of: 10, drawn: 5) == 0)
        #expect(Combinations.probabilityOfAny(marked: 10, of: 10, drawn: 1) == 1)
        #expect(Combinations.probabilityOfAny(marked: 1, of: 10, drawn: 10) == 1)
        #expect(Combinations.probabilityOfAny(marked: 600, of: 1000, drawn: 500) == 1)
        #expect(abs(Combinations.probabilityOfAll(marked: 2, of: 5, drawn: 3) - 0.3) < 1e-15)
        #expect(Combinations.probabilityOfAll(marked: 4, of: 5, drawn: 3) == 0)
    }

    @Test func factorialsAndHarmonicNumbersAreTheSums() {
        var sum = 0.0
        for n in 1...2000 {
            sum += log(Double(n))
            #expect(abs(Combinations.logFactorial(Double(n)) - sum) < 1e-12 * max(1, sum), "\(n)")
        }
        #expect(abs(Combinations.logFactorial(-0.5) - 0.5 * log(Double.pi)) < 1e-13)
        #expect(abs(Combinations.harmonic(4) - 25.0 / 12) < 1e-15)
        #expect(abs(Combinations.harmonic(1_000_001) - Combinations.harmonic(1_000_000) - 1e-6) < 1e-10)
    }
}
