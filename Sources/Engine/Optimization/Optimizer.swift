/// How gradients move the trained numbers: which rule, with the state that it keeps from step to step.
///
/// It works on flat buffers and knows nothing of layers. A stage starts with a fresh one (docs/exactness.md, rule 4),
/// so its state is never stored.
package enum Optimizer: Sendable {
    case adamW(AdamW)

    /// A range of the weights that moves, with its gradient: `gradient[offset...]`.
    package struct Part {
        let range: Range<Int>
        let gradient: [Float]
        let offset: Int
        let learningRate: Float

        /// - Parameters:
        ///   - range: The weights' places in the flat buffer.
        ///   - gradient: A buffer with their gradient.
        ///   - offset: Where the gradient of the first weight lies in it.
        ///   - learningRate: Of these weights.
        package init(range: Range<Int>, gradient: [Float], offset: Int = 0, learningRate: Float) {
            self.range = range
            self.gradient = gradient
            self.offset = offset
            self.learningRate = learningRate
        }
    }

    /// One step on parts that do not overlap; each element on its own, so that it does not matter who does what.
    package mutating func step(_ weights: inout [Float], parts: [Part], _ pool: ThreadPool = ThreadPool(size: 1)) {
        switch self {
        case .adamW(var rule):
            // Taken out, so that the moments are moved where they are and not copied.
            self = .adamW(AdamW(count: 0, settings: rule.settings))
            rule.step(&weights, parts: parts, pool)
            self = .adamW(rule)
        }
    }
}
