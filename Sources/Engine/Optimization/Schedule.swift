/// How the learning rate moves through one stage, as a factor of [0, 1].
///
/// It knows the steps of its own stage and nothing else: a schedule that looks at the size of the data set would carry
/// a deleted record's existence into every stage (docs/exactness.md, rule 2).
package struct Schedule: Sendable, Equatable {
    /// How the factor moves after the warm-up: it stays at 1, or falls to 0 in a straight line.
    package enum Shape: String, Sendable { case constant, linear }

    /// How the factor moves after the warm-up.
    package var shape: Shape
    /// Share of the stage's steps, 0...1, over which the factor rises from 0 to 1.
    package var warmup: Double

    /// A schedule; the default is a factor of 1 throughout.
    package init(shape: Shape = .constant, warmup: Double = 0) {
        self.shape = shape
        self.warmup = warmup
    }

    /// The factor at step `step` of `steps`, both counted from 0.
    package func factor(step: Int, of steps: Int) -> Float {
        let rising = Int((warmup * Double(steps)).rounded(.up))
        if step < rising { return Float(Double(step + 1) / Double(rising)) }
        switch shape {
        case .constant: return 1
        case .linear: return Float(Double(steps - step) / Double(max(1, steps - rising)))
        }
    }
}
