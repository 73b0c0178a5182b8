import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite struct NumeralTests {
    @Test(arguments: [
        (0, "0"), (-0.0, "0"), (1, "1"), (0.5, "0.5"), (1.4782, "1.478"), (59_084.7, "59,084.7"),
        (-1234.56, "-1,234.6"),
        (250_000, "250,000"), (0.2363, "0.2363"), (0.0001, "0.0001"), (0.00001234, "1.234e-5"), (9.9999e-5, "1e-4"),
        (9.99995, "10"), (999_999.96, "1,000,000"), (1e15, "1e15"), (6.02214e23, "6.022e23"), (-2.5e-300, "-2.5e-300"),
        (123_456_789_012_345, "123,456,789,012,345"), (.infinity, "infinite"), (.nan, "not a number")
    ])
    func textOfNumbers(value: Double, text: String) {
        #expect(Numeral.text(value) == text)
    }

    @Test func textIsNearTheNumber() throws {
        var draws = OddValues.Draws(state: 3)
        for _ in 0..<3000 {
            let value = pow(10, Double.random(in: -300...300, using: &draws)) * (Bool.random(using: &draws) ? 1 : -1)
            let back = try #require(Double(Numeral.text(value).filter { $0 != "," }), "\(value)")
            #expect(abs(back - value) <= abs(value) * 0.000501, "\(value): \(Numeral.text(value))")
        }
    }

    @Test func unitsFollowTheSize() {
        #expect(Numeral.bytes(999) == "999 B")
        #expect(Numeral.bytes(1_873_220_112) == "1.873 GB")
        #expect(Numeral.seconds(0.0412) == "0.0412 s")
        #expect(Numeral.seconds(2741.3) == "2,741.3 s (45.7 min)")
        #expect(Numeral.seconds(86_400 * 3) == "259,200 s (3 days)")
        #expect(Numeral.percent(0.03364) == "3.364 %")
    }

    @Test func coordinatesHaveTwoDecimalsAtMost() {
        #expect(
            [1.005, 2, -0.001, 17.346, 100.1, .nan, 1e300].map(Numeral.coordinate) == [
                "1", "2", "0", "17.35", "100.1", "0", "0"
            ])
    }

    @Test func oddNumbersHaveATextOfTheirOwn() {
        for value in OddValues.oddNumbers {
            #expect(!Numeral.text(value).isEmpty && Numeral.text(value).count < 32)
            #expect(!Numeral.bytes(value).isEmpty && !Numeral.seconds(value).isEmpty && !Numeral.percent(value).isEmpty)
        }
        #expect(Numeral.text(Int.min) == "-9,223,372,036,854,775,808")
        #expect(Numeral.decimal(-1205, exponent: -2) == "-12.05")
        #expect(Numeral.decimal(5, exponent: -3) == "0.005")
        #expect(Numeral.decimal(25, exponent: 4) == "250,000")
    }
}
