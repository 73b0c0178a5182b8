import Testing

@testable import Engine

/// The learning rate's factor at every step of a stage, worked out by hand from docs/numerics.md.
@Suite struct ScheduleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let shape: Schedule.Shape
        let warmup: Double
        /// One a step.
        let factors: [Double]

        var testDescription: String { "\(shape.rawValue), warm-up over \(warmup) of \(factors.count) steps" }
    }

    static let cases = [
        Case(shape: .constant, warmup: 0, factors: [1, 1, 1]),
        Case(shape: .linear, warmup: 0, factors: [1]),
        Case(shape: .linear, warmup: 0, factors: [1, 3 / 4, 1 / 2, 1 / 4]),
        Case(shape: .constant, warmup: 0.5, factors: [1 / 2, 1, 1, 1]),
        Case(shape: .linear, warmup: 0.5, factors: [1 / 2, 1, 1, 1 / 2]),
        // 1.5 steps are 2.
        Case(shape: .constant, warmup: 0.3, factors: [1 / 2, 1, 1, 1, 1]),
        Case(shape: .linear, warmup: 0.3, factors: [1 / 2, 1, 1, 2 / 3, 1 / 3]),
        Case(shape: .linear, warmup: 0.1, factors: [1, 1, 3 / 4, 2 / 4, 1 / 4]),
        Case(shape: .linear, warmup: 1, factors: [1 / 3, 2 / 3, 1]),
        Case(shape: .constant, warmup: 1, factors: [1 / 2, 1])
    ]

    @Test(arguments: cases) func theFactorsAreThoseOfTheFormula(_ wanted: Case) {
        let schedule = Schedule(shape: wanted.shape, warmup: wanted.warmup)
        let steps = wanted.factors.count
        #expect((0..<steps).map { schedule.factor(step: $0, of: steps) } == wanted.factors.map { Float($0) })
    }
}
