/// AdamW (Loshchilov and Hutter 2019): Adam with bias correction, and weight decay apart from the gradient.
///
/// The moments are the whole state.
package struct AdamW: Sendable {
    /// The numbers that do not change from step to step.
    package struct Settings: Sendable, Equatable {
        /// The share of the first moment that each step keeps.
        package var beta1: Float
        /// The share of the second moment that each step keeps.
        package var beta2: Float
        /// What is added to the root of the second moment, so that nothing is divided by zero.
        package var epsilon: Float
        /// Times the learning rate, the share of a weight that each step takes away.
        package var weightDecay: Float

        /// The defaults are those of the paper, without decay.
        package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    /// What this optimizer was made with.
    package let settings: Settings
    private var first: [Float]  // (count): the first moments
    private var second: [Float]  // (count): the second moments
    // beta^t as running products: a library's power function has other bits in other versions.
    private var beta1Power: Float = 1
    private var beta2Power: Float = 1

    /// A fresh optimizer for `count` weights.
    package init(count: Int, settings: Settings) {
        self.settings = settings
        first = [Float](repeating: 0, count: count)
        second = first
    }

    /// One step on parts that do not overlap; each element on its own, so that it does not matter who does what.
    mutating func step(_ weights: inout [Float], parts: [Optimizer.Part], _ pool: ThreadPool) {
        beta1Power *= settings.beta1
        beta2Power *= settings.beta2
        let numbers = parts.map { constants($0.learningRate) }
        Elementwise.adamW(parts, numbers, weights: &weights, first: &first, second: &second, pool)
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
