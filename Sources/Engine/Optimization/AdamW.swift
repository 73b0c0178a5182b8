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

    /// One step on every group, each a range of the flat buffers with its learning rate.
    package mutating func step(
        _ weights: inout [Float], gradient: [Float], groups: [(range: Range<Int>, learningRate: Float)]
    ) {
        beta1Power *= settings.beta1
        beta2Power *= settings.beta2
        for group in groups where !group.range.isEmpty {
            let constants = AdamWConstants(
                learningRateTimesDecay: group.learningRate * settings.weightDecay,
                beta1: settings.beta1, oneMinusBeta1: 1 - settings.beta1,
                beta2: settings.beta2, oneMinusBeta2: 1 - settings.beta2,
                step: group.learningRate / (1 - beta1Power),
                inverseRootOfCorrection2: 1 / (1 - beta2Power).squareRoot(),
                epsilon: settings.epsilon)
            Elementwise.adamW(
                group.range, weights: &weights, gradient: gradient, first: &first, second: &second,
                constants: constants)
        }
    }
}
