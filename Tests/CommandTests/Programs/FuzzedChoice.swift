/// Which record the model's answers single out.
enum FuzzedChoice: String, Sendable, CaseIterable {
    case surest = "with most certainty"
    case mostDoubtful = "with most doubt"
    /// The first whose answer is not its label.
    case wrong = "wrongly"
}
