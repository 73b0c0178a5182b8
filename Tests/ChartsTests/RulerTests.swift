import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite struct RulerTests {
    @Test(arguments: [Chart.Scale.linear, .logarithmic])
    func ticksAreOneTwoOrFiveAndCoverTheValues(scale: Chart.Scale) {
        var draws = OddValues.Draws(state: 1)
        for _ in 0..<3000 {
            let size = pow(10, Double.random(in: -20...20, using: &draws))
            let sign = scale == .linear && Bool.random(using: &draws) ? -1.0 : 1
            let spread = pow(10, Double.random(in: -8...8, using: &draws))
            let values = [sign * size, sign * size * (1 + spread)]
            let target = Int.random(in: 2...12, using: &draws)
            let ruler = Ruler(.init(of: values, scale: scale), target: target)
            check(ruler, values)
            #expect(ruler.ticks.count <= 3 * target + 4)
        }
    }

    @Test(arguments: [Chart.Scale.linear, .logarithmic])
    func anyTwoOddNumbersGetTicks(scale: Chart.Scale) {
        for first in OddValues.oddNumbers {
            for second in OddValues.oddNumbers {
                let values = [first, second]
                check(Ruler(.init(of: values, scale: scale), target: 6), values)
            }
        }
    }

    private func check(_ ruler: Ruler, _ values: [Double]) {
        let ticks = ruler.ticks
        let ordered = zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }
        #expect(ticks.count >= 2 && ordered, "\(values)")
        #expect(Set(ruler.labels).count == ticks.count, "\(values): \(ruler.labels)")
        for value in values where Ruler.isDrawable(value, scale: ruler.scale) {
            #expect((ticks.first?.value ?? .nan) <= value && value <= (ticks.last?.value ?? .nan), "\(values)")
            #expect((0...1).contains(ruler.place(value)), "\(values)")
        }
        switch ruler.scale {
        case .logarithmic: #expect(ticks.allSatisfy { [1, 2, 5].contains($0.mantissa) }, "\(values)")
        case .linear:
            let steps = Set(zip(ticks, ticks.dropFirst()).map { $1.mantissa - $0.mantissa })
            #expect(steps.count == 1 && steps.isSubset(of: [1, 2, 5]), "\(values)")
            #expect(Set(ticks.map(\.exponent)).count == 1, "\(values)")
        }
    }

    @Test func labelsAreShort() {
        func labels(_ values: [Double], _ scale: Chart.Scale = .linear) -> [String] {
            Ruler(.init(of: values, scale: scale), target: 5).labels
        }
        #expect(labels([0, 250_000]) == ["0", "50k", "100k", "150k", "200k", "250k"])
        #expect(labels([0, 40_000]) == ["0", "10,000", "20,000", "30,000", "40,000"])
        #expect(labels([0.75, 0.95]) == ["0.75", "0.80", "0.85", "0.90", "0.95"])
        #expect(labels([0, 5e-6]) == ["0", "1µ", "2µ", "3µ", "4µ", "5µ"])
        #expect(labels([-2, 2]) == ["-2", "-1", "0", "1", "2"])
        #expect(labels([1, 3]) == ["0", "1", "2", "3"])
        #expect(labels([1, 100], .logarithmic) == ["1", "2", "5", "10", "20", "50", "100"])
        #expect(labels([1, 1e6], .logarithmic) == ["1", "100", "10k", "1M"])
        #expect(labels([0, 4e20]) == ["0", "1e20", "2e20", "3e20", "4e20"])
    }

    @Test func placesGoFromTheFirstTickToTheLast() {
        let line = Ruler(.init(of: [0, 40], scale: .linear), target: 4)
        #expect([0, 10, 40].map(line.place) == [0, 0.25, 1])
        let decades = Ruler(.init(of: [1, 100], scale: .logarithmic), target: 6)
        #expect([1, 10, 100].map(decades.place) == [0, 0.5, 1])
    }
}
