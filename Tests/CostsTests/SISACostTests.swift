import Foundation
import Testing

@testable import Costs
@testable import Unlearning

/// The closed forms, against published numbers and against enumeration of every case.
@Suite struct SISACostTests {
    /// Joint expectation, Monte-Carlo with its error, saving, and one after another.
    @Test(arguments: [
        (250_000, 20, 50, 8.0, 59_084.7, 58_529.0, 476.0, 4.231, 67_324.4),
        (604_800, 20, 50, 18, 270_359.4, 272_293, 1_832, 2.237, 366_485.6),
        (100_000, 10, 5, 3, 20_249.2, 20_130, 236, 4.938, 21_996.8),
        (100_000, 10, 1, 30, 95_730.9, 95_721, 289, 1.044, 299_926.5),
        (20_000, 5, 8, 40, 19_488.2, 19_479, 24, 1.024, 113_182.8)
    ])
    func theJointFormsGiveTheKnownNumbers(
        n: Int, s: Int, r: Int, k: Double, joint: Double, simulated: Double, error: Double, saving: Double, q: Double
    ) {
        let cost = SISACost(records: n, shards: s, slices: r)
        let batch = cost.batch(requests: k)
        #expect(abs(batch - joint) < 0.0501)
        #expect(abs(batch - simulated) < 3 * error)
        #expect(abs((Double(n) - k) / batch - saving) < 0.000501)
        #expect(abs(cost.full(requests: k) - (Double(n) - k)) < 1e-6)
        #expect(abs(cost.sequential(requests: k) - q) < 0.0501)
        // Requests without replacement: nearly the same, because K is well below N.
        #expect(abs(cost.batchWithoutReplacement(requests: k) - batch) < 0.002 * batch)
    }

    /// To one unit of the last digit, which the table does not always round to the nearest.
    @Test(arguments: [
        (5, 1, [0.200, 0.360, 0.672, 0.893, 0.989, 1, 1]), (5, 5, [0.147, 0.269, 0.531, 0.760, 0.918, 0.989, 0.999]),
        (10, 10, [0.070, 0.135, 0.299, 0.500, 0.731, 0.934, 0.984]),
        (20, 5, [0.037, 0.072, 0.169, 0.306, 0.510, 0.807, 0.942]),
        (20, 20, [0.034, 0.067, 0.158, 0.289, 0.485, 0.784, 0.929]),
        (50, 5, [0.015, 0.029, 0.071, 0.136, 0.252, 0.506, 0.738]),
        (50, 50, [0.0135, 0.027, 0.065, 0.126, 0.234, 0.477, 0.708])
    ])
    func theTableOfFractionsIsReproduced(s: Int, r: Int, fractions: [Double]) {
        let cost = SISACost(records: 100_000, shards: s, slices: r)
        for (k, fraction) in zip([1.0, 2, 5, 10, 20, 50, 100], fractions) {
            let found = cost.batch(requests: k) / cost.full(requests: k)
            #expect(abs(found - fraction) <= 0.001, "K=\(k): \(found)")
        }
    }

    /// In units of a full retrain: one by one, and in batches of 20, 50 and 100.
    @Test(arguments: [
        (5, 4, [149.9, 46.2, 19.8, 10.0]), (20, 5, [36.6, 25.5, 16.1, 9.4]), (50, 5, [14.7, 12.6, 10.1, 7.4])
    ])
    func aThousandRequestsCostWhatTheTableSays(s: Int, r: Int, costs: [Double]) {
        let cost = SISACost(records: 1_000_000, shards: s, slices: r)
        let found =
            [cost.sequential(requests: 1000)]
            + [20.0, 50, 100].map { 1000 / $0 * cost.batch(requests: $0) }
        for (found, known) in zip(found, costs) {
            #expect(abs(found / cost.records - known) < 0.0751, "\(found / cost.records)")
        }
    }

    @Test func thePapersHeadlineFactorsComeFromItsContinuousMoments() {
        func sharding(_ n: Double, _ k: Double) -> Double {
            (n - k) / SISACost.batchShards(records: n, shards: 20, requests: k)
        }
        let slicing = 1 / SISACost.batchSlicesContinuous(records: 1, slices: 50, requests: 1)
        #expect(abs(sharding(250_000, 7.5) - 3.132) < 0.0005)
        #expect(abs(sharding(604_800, 18) - 1.659) < 0.0005)
        #expect(abs(slicing - 1.4781) < 0.00005)
        #expect(abs(sharding(250_000, 7.5) * slicing - 4.629) < 0.0006)
        #expect(abs(sharding(604_800, 18) * slicing - 2.452) < 0.0005)
        let purchase = SISACost(records: 250_000, shards: 20, slices: 50)
        #expect(abs(purchase.full(requests: 7.5) / purchase.batch(requests: 7.5) - 4.472) < 0.0005)
        // The moments take slices for a continuum: 3.3 % too much at two slices, 0.5 % at fifty.
        for (r, excess) in [(2, 0.033), (50, 0.005)] {
            let ratio =
                SISACost.batchSlicesContinuous(records: 1, slices: r, requests: 1)
                / SISACost.single(records: 1, slices: r)
            #expect(abs(ratio - 1 - excess) < 0.0005, "R=\(r): \(ratio)")
        }
    }

    @Test(arguments: [1.0, 2, 3, 7, 20, 100])
    func theJointFormsReduceToTheEquations(k: Double) {
        for r in [1, 2, 5, 50] {
            let one = SISACost(records: 1000, shards: 1, slices: r, epochs: 3)
            let slicing = SISACost.batchSlices(records: 1000, slices: r, requests: k, epochs: 3)
            #expect(abs(one.batch(requests: k) - (slicing - 3 * k)) < 1e-8)
        }
        let single = SISACost.batchSlices(records: 500, slices: 7, requests: 1, epochs: 2)
        #expect(abs(single - SISACost.single(records: 500, slices: 7, epochs: 2)) < 1e-9)
        for s in [1, 2, 5, 20] {
            let cost = SISACost(records: 10_000, shards: s, slices: 1)
            let eq3 = SISACost.batchShards(records: 10_000, shards: s, requests: k)
            let eq2 = SISACost.sequentialShards(records: 10_000, shards: s, requests: k)
            #expect(abs(cost.batch(requests: k) - eq3) < 1e-8)
            #expect(abs(cost.sequential(requests: k) - eq2) < 1e-8)
            let lone = SISACost.loneShardSequential(records: 10_000, shards: s, requests: k) * Double(s)
            // A lone shard is hit by one request in S.
            #expect(abs(lone - eq2) < 1e-6)
            #expect(SISACost.loneShardBatch(records: 10_000, shards: s, requests: k) == (10_000 - k) / Double(s))
        }
    }

    @Test(arguments: [(2, 3, 3), (3, 2, 4), (1, 4, 3), (4, 1, 3)])
    func withReplacementEveryTupleOfCellsIsTheSum(s: Int, r: Int, k: Int) {
        // All (S R)^K tuples of cells, each as likely, of full sizes; then K e' off.
        let (n, epochs) = (Double(s * r * 6), 2.5)
        let stage = 2 * epochs / Double(r + 1) * n / Double(s * r)
        var sum = 0.0
        let tuples = (0..<k).reduce(1) { product, _ in product * s * r }
        for tuple in 0..<tuples {
            var (rest, first) = (tuple, [Int](repeating: r, count: s))
            for _ in 0..<k {
                first[rest % s] = min(first[rest % s], rest / s % r)
                rest /= s * r
            }
            for start in first { for j in start..<r { sum += stage * Double(j + 1) } }
        }
        let cost = SISACost(records: Int(n), shards: s, slices: r, epochs: epochs)
        #expect(abs(cost.batch(requests: Double(k)) - (sum / Double(tuples) - Double(k) * epochs)) < 1e-9)
    }

    @Test(arguments: [(2, 2, 2), (1, 3, 3), (3, 1, 3)], 1...8)
    func withoutReplacementEverySetOfRecordsIsTheMean(shape: (s: Int, r: Int, n: Int), k: Int) {
        let sizes = [[Int]](repeating: [Int](repeating: shape.n, count: shape.r), count: shape.s)
        let count = shape.s * shape.r * shape.n
        for weights in [PassWeights.paper(epochs: 2, slices: shape.r), PassWeights(earlier: 0.3, own: 1)] {
            let defined = DefinedCost(sizes: sizes, weights: weights)
            let cost = SISACost(records: count, shards: shape.s, slices: shape.r, weights: weights)
            #expect(abs(cost.batchWithoutReplacement(requests: Double(k)) - defined.batch(k).mean) < 1e-9)
        }
    }

    @Test func restartsAddUpToTheExpectation() {
        let cost = SISACost(records: 12_000, shards: 4, slices: 6, epochs: 3)
        // (2 e' D / (R (R + 1))) [R (R + 1) / 2 - r (r - 1) / 2] with e' = 3, D = 3000, R = 6, r = 4.
        let direct: Double = 18_000 / 42 * (21 - 6)
        #expect(abs(cost.restart(slice: 4) - direct) < 1e-9)
        let mean = (1...6).reduce(0) { $0 + cost.restart(slice: $1) } / 6
        #expect(abs(mean - SISACost.single(records: 3000, slices: 6, epochs: 3)) < 1e-9)
        #expect(abs(cost.batch(requests: 1) - (mean - 3)) < 1e-9)
        #expect(abs(PassWeights.stageEpochs(3, slices: 6) - 6.0 / 7) < 1e-15)
    }

    @Test func aMillionCellsAndRequestsStayExact() {
        // Where nearly every stage is hit, what is left out of N - K is what is never hit; where none is, the linear
        // term.
        let all = SISACost(records: 100_000_000, shards: 1000, slices: 1000)
        #expect(abs(all.batch(requests: 1) / (100_000 * (2.0 / 3 + 1.0 / 3000) - 1) - 1) < 1e-12)
        let few = SISACost(records: 100_000_000, shards: 1, slices: 1_000_000)
        #expect(abs(few.batch(requests: 1) / (100_000_000 * (2.0 / 3 + 1.0 / 3_000_000) - 1) - 1) < 1e-11)
        let many = all.batch(requests: 1_000_000)
        let drawn = all.batchWithoutReplacement(requests: 1_000_000)
        #expect(many < drawn && drawn < all.full(requests: 1_000_000) && many / drawn > 0.9999)
        #expect(all.batch(requests: 0) == 0 && all.sequential(requests: 0) == 0)
        let everything = SISACost(records: 60, shards: 3, slices: 4).batchWithoutReplacement(requests: 60)
        #expect(abs(everything) < 1e-9)
    }
}
