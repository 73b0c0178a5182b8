/// Why there is no answer to a text.
package enum PredictionError: Error, Equatable {
    /// No shard has a checkpoint.
    case untrained
    /// A shard that was trained cannot be read. `shard` is counted from 1.
    case voteLost(shard: Int)
    /// No shard has a record.
    case noSurvivors
    /// The workspace generates texts, and has no labels.
    case noLabels
    /// The workspace labels texts, and writes none.
    case noTexts
}

extension PredictionError: CustomStringConvertible {
    /// One sentence that ends in what to do.
    package var description: String {
        switch self {
        case .untrained:
            "no shard has a trained checkpoint yet; run `sisa train` on this workspace"
        case .voteLost(let shard):
            "shard \(shard) cannot answer: all of its checkpoints are damaged or gone, and the others would answer "
                + "without it; run `sisa train` "
                + "on this workspace, which makes them again"
        case .noLabels:
            "the task of this workspace is a generation: it has no labels to predict. Ask it with `sisa generate`"
        case .noTexts:
            "the task of this workspace is a classification: it writes no texts. Label texts with `sisa predict`"
        case .noSurvivors:
            "no records are left, so there is nothing to answer from; train a new workspace"
        }
    }
}
