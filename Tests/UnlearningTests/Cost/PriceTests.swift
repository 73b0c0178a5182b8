import Testing

@testable import Unlearning

/// Storage, and answers against deletions.
@Suite struct PriceTests {
    @Test func storageCountsStates() {
        #expect(StorageCost.sisa(shards: 5, slices: 4, state: 10) == 200)
        #expect(StorageCost.sisa(shards: 5, slices: 4, state: 10, initials: true) == 250)
        #expect(StorageCost.sisa(shards: 5, slices: 4, state: 10, kept: 1) == 50)
        #expect(StorageCost.adapterSISA(shards: 5, slices: 4, base: 1000, adapter: 3) == 1060)
        #expect(StorageCost.s3t(shards: 2, slices: 4, orders: 3, base: 1000, adapter: 10, head: 1) == 1084)
    }

    @Test func anEnsembleIsDearerAboveItsBreakEven() throws {
        // 100 to train again and 1 an answer, against 5 a deletion and 4 an answer: at 95 / 3 answers a deletion both cost the same.
        let answers = try #require(
            HolisticCost.answersPerDeletion(deletion: 5, answer: 4, retraining: 100, singleAnswer: 1))
        #expect(abs(answers - 95.0 / 3) < 1e-12)
        #expect(abs((5 + answers * 4) - (100 + answers)) < 1e-9)
        let five = try #require(HolisticCost.answersPerDeletion(shards: 5, retraining: 100, singleAnswer: 2))
        #expect(abs(five - (100 - 10) / 8) < 1e-12)
        #expect(HolisticCost.answersPerDeletion(shards: 1, retraining: 100, singleAnswer: 2) == nil)
    }
}
