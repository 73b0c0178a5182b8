/// The price of an ensemble: cheap deletions against dear answers (ERASE, definition 4.1).
package enum HolisticCost {
    /// C(M) = (U_M - U_1) / (I_1 - I_M): answers per deletion above which method M is dearer than training one model again.
    ///
    /// U are costs of a deletion, I of an answer, all in one unit. Nil where answers cost M no more: then it is never dearer, or always.
    package static func answersPerDeletion(
        deletion: Double, answer: Double, retraining: Double, singleAnswer: Double
    ) -> Double? {
        guard answer > singleAnswer else { return nil }
        return (deletion - retraining) / (singleAnswer - answer)
    }

    /// The same for n-SISA as ERASE counts it: U_n is half the training of one constituent, I_n = n I_1.
    package static func answersPerDeletion(shards: Int, retraining: Double, singleAnswer: Double) -> Double? {
        answersPerDeletion(
            deletion: retraining / Double(shards) / 2, answer: Double(shards) * singleAnswer, retraining: retraining,
            singleAnswer: singleAnswer)
    }
}
