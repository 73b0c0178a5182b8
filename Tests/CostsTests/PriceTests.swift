import Testing

@testable import Costs

/// Answers against deletions.
@Suite struct PriceTests {
    @Test func anEnsembleIsCostlierAboveItsBreakEven() throws {
        // 100 to train again and 1 an answer, against 5 a deletion and 4 an answer: at 95 / 3 answers a deletion both
        // cost the same.
        let answers = try #require(
            HolisticCost.answersPerDeletion(deletion: 5, answer: 4, retraining: 100, singleAnswer: 1))
        #expect(abs(answers - 95.0 / 3) < 1e-12)
        #expect(abs((5 + answers * 4) - (100 + answers)) < 1e-9)
        // Where an answer costs the ensemble no more than one model's, it never costs more for answering.
        #expect(HolisticCost.answersPerDeletion(deletion: 5, answer: 1, retraining: 100, singleAnswer: 1) == nil)
    }
}
