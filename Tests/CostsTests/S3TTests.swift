import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

@Suite struct S3TTests {
    @Test(arguments: [
        (5, 4, 1, 45.7), (5, 4, 4, 72.0), (5, 32, 1, 365.3), (5, 32, 8, 684.6), (5, 6, 1, 68.5), (5, 6, 2, 87.9),
        (5, 6, 3, 99.5), (5, 6, 4, 107.9), (5, 6, 5, 114.5), (5, 6, 6, 119.8)
    ])
    func deletionRatesAreTheKnownOnes(m: Int, l: Int, b: Int, rate: Double) {
        #expect(abs(S3T.deletionRate(shards: m, slices: l, orders: b) - rate) < 0.0501)
        #expect(
            S3T.deletionRate(shards: m, slices: l, orders: l + 3) == S3T.deletionRate(shards: m, slices: l, orders: l))
    }

    @Test(arguments: [(5, 4, 4, 19.3), (5, 32, 8, 244.4), (5, 6, 6, 38.5), (20, 8, 8, 171.5)])
    func theFirstDeadShardComesWhenItIsKnownTo(m: Int, l: Int, b: Int, time: Double) {
        let found = S3T.firstDeadShard(shards: m, slices: l, orders: b)
        #expect(abs(found - time) < 0.0501)
        // The same integral by Simpson's rule in x = 1 - e^-u, on the polynomial (1 - x^b)^m / (1 - x).
        let steps = 4000
        func integrand(_ x: Double) -> Double {
            let terms = (0..<b).reduce(0.0) { $0 + pow(x, Double($1)) }
            return terms * pow(1 - pow(x, Double(b)), Double(m - 1))
        }
        var sum = integrand(0) + integrand(1)
        for step in 1..<steps { sum += integrand(Double(step) / Double(steps)) * (step.isMultiple(of: 2) ? 2 : 4) }
        #expect(abs(Double(m * l) * sum / Double(3 * steps) - found) < 1e-6 * found)
    }

    @Test(arguments: [1, 2, 5, 40, 1000, 200_000])
    func withOneOrderTheFirstShardDiesAfterLRequests(m: Int) {
        #expect(abs(S3T.firstDeadShard(shards: m, slices: 9, orders: 1) - 9) < 1e-7)
    }

    /// Requests to uniform slices until a shard, and until every shard, has had all first slices of its orders hit.
    @Test func bothTimesAreThoseOfRandomRequests() {
        var generator = SeededGenerator(seed: 5)
        let (m, l, b) = (4, 5, 3)
        var (first, all) = (RunningMean(), RunningMean())
        for _ in 0..<20_000 {
            var (left, requests, isFirst) = ([Set<Int>](repeating: Set(0..<b), count: m), 0, true)
            while left.contains(where: { !$0.isEmpty }) {
                requests += 1
                let shard = Int.random(in: 0..<m, using: &generator)
                left[shard].remove(Int.random(in: 0..<l, using: &generator))
                if isFirst, left[shard].isEmpty {
                    first.add(Double(requests))
                    isFirst = false
                }
            }
            all.add(Double(requests))
        }
        let (t, rate) = (
            S3T.firstDeadShard(shards: m, slices: l, orders: b), S3T.deletionRate(shards: m, slices: l, orders: b)
        )
        #expect(abs(first.mean - t) < 4 * first.standardError)
        #expect(abs(all.mean - rate) < 4 * all.standardError)
    }

    @Test func trainingFactorsAndDegradedShares() {
        #expect(S3T.trainingFactor(slices: 4, orders: 1) == 0.625 && S3T.trainingFactor(slices: 4, orders: 4) == 2.5)
        #expect(S3T.degradedShare(rate: 10, shards: 5, repair: 0.5) == 0.5)
        #expect(S3T.degradedShare(rate: 0, shards: 5, repair: 0.5) == 0)
    }

    /// Requests until no order has a clean slice left, in the plan that is trained, beside Lemma 1 of S3T and the
    /// formula for the first dead shard.
    @Test(arguments: [(shards: 1, slices: 4, orders: 4), (5, 4, 1), (5, 4, 4), (3, 6, 3)])
    func theDeletionRateIsThatOfTheFormula(shards: Int, slices: Int, orders: Int) {
        var recipe = Recipe(name: "n", backbone: "b", data: Recipe.DataSource(train: ["t"]), labels: ["a", "b"])
        recipe.shards = shards
        recipe.slices = slices
        recipe.sliceOptions.orders = orders
        let table = StageTable(recipe)
        var generator = SeededGenerator(seed: UInt64(shards * 100 + slices * 10 + orders))
        let trials = 4000
        var (all, allSquares, first, firstSquares) = (0.0, 0.0, 0.0, 0.0)
        for _ in 0..<trials {
            var alive = [Set<Int>](repeating: Set(0..<orders), count: shards)
            var (requests, firstDead) = (0, 0)
            while alive.contains(where: { !$0.isEmpty }) {
                requests += 1
                let shard = Int.random(in: 0..<shards, using: &generator)
                let slice = Int.random(in: 0..<slices, using: &generator)
                // An order whose first stage has seen the slice has no clean beginning left.
                alive[shard] = alive[shard].filter { !table.sees($0 * slices, slice: slice) }
                if firstDead == 0, alive[shard].isEmpty { firstDead = requests }
            }
            all += Double(requests)
            allSquares += Double(requests * requests)
            first += Double(firstDead)
            firstSquares += Double(firstDead * firstDead)
        }
        func isNear(_ sum: Double, _ squares: Double, _ expected: Double) -> Bool {
            let mean = sum / Double(trials)
            let error = ((squares / Double(trials) - mean * mean) / Double(trials)).squareRoot()
            return abs(mean - expected) <= 4 * error
        }
        let rate = S3T.deletionRate(shards: shards, slices: slices, orders: orders)
        let dead = S3T.firstDeadShard(shards: shards, slices: slices, orders: orders)
        #expect(isNear(all, allSquares, rate), "\(all / Double(trials)) for \(rate)")
        #expect(isNear(first, firstSquares, dead), "\(first / Double(trials)) for \(dead)")
    }
}
