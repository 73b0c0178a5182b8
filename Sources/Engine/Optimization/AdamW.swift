/// AdamW (Loshchilov and Hutter 2019): Adam with bias correction, and weight decay apart from the gradient.
///
/// The moments are the whole state. A stage starts with a fresh optimizer (docs/exactness.md, rule 4), so they are never stored.
package struct AdamW: Sendable {
    package struct Settings: Sendable, Equatable {
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        package var weightDecay: Float

        package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    package let settings: Settings
    private var first: [Float]
    private var second: [Float]
    // beta^t as running products: a library's power function has other bits in other versions.
    private var beta1Power: Float = 1
    private var beta2Power: Float = 1

    package init(count: Int, settings: Settings) {
        self.settings = settings
        first = [Float](repeating: 0, count: count)
        second = first
    }

    /// A range of the weights that moves, with its gradient: `gradient[offset...]`.
    package struct Part {
        let range: Range<Int>
        let gradient: [Float]
        let offset: Int
        fileprivate let learningRate: Float

        package init(range: Range<Int>, gradient: [Float], offset: Int = 0, learningRate: Float) {
            self.range = range
            self.gradient = gradient
            self.offset = offset
            self.learningRate = learningRate
        }
    }

    /// One step on parts that do not overlap; each element on its own, so that it does not matter who does what.
    package mutating func step(_ weights: inout [Float], parts: [Part], _ team: Team = Team(size: 1)) {
        beta1Power *= settings.beta1
        beta2Power *= settings.beta2
        let numbers = parts.map { constants($0.learningRate) }
        Elementwise.adamW(parts, numbers, weights: &weights, first: &first, second: &second, team)
    }

    private func constants(_ learningRate: Float) -> AdamWConstants {
        AdamWConstants(
            learningRateTimesDecay: learningRate * settings.weightDecay,
            beta1: settings.beta1, oneMinusBeta1: 1 - settings.beta1,
            beta2: settings.beta2, oneMinusBeta2: 1 - settings.beta2,
            step: learningRate / (1 - beta1Power),
            inverseRootOfCorrection2: 1 / (1 - beta2Power).squareRoot(),
            epsilon: settings.epsilon)
    }
}
