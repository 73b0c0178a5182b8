/// What training one stage took, or several.
package struct StageCost: Sendable {
    /// One record in one pass counts one.
    package var recordPasses = 0
    /// Token vectors that passed through adapted layers; 0 where only a head is trained.
    package var tokens = 0
    /// Everything, features of new records included.
    package var seconds = 0.0
    /// The part of `seconds` that training steps took.
    package var stepSeconds = 0.0

    static func += (left: inout StageCost, right: StageCost) {
        left.recordPasses += right.recordPasses
        left.tokens += right.tokens
        left.seconds += right.seconds
        left.stepSeconds += right.stepSeconds
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
