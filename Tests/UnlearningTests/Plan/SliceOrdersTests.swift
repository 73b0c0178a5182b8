import TestSupport
import Testing

@testable import Unlearning

@Suite struct SliceOrdersTests {
    @Test func fourOfFourAreThePapersRotations() {
        let known = [[1, 2, 3, 4], [4, 1, 2, 3], [3, 4, 1, 2], [2, 3, 4, 1]].map { $0.map { $0 - 1 } }
        #expect(SliceOrders.cyclic(slices: 4, count: 4) == known)
        #expect(SliceOrders.cyclic(slices: 4, count: 2) == Array(known.prefix(2)))
    }

    @Test(arguments: 1...5)
    func moreOrdersAreAllDifferentAndKeepTheFirstOnes(slices: Int) {
        let factorial = (1...slices).reduce(1, *)
        let all = SliceOrders.cyclic(slices: slices, count: factorial + 10)
        #expect(all.count == factorial && Set(all).count == factorial)
        for count in 1...factorial {
            let some = SliceOrders.cyclic(slices: slices, count: count)
            #expect(some == Array(all.prefix(count)))
            // Every slice begins as many of them as any other, give or take one round.
            if count <= slices { #expect(Set(some.compactMap(\.first)).count == count) }
        }
        #expect(all.allSatisfy { $0.sorted() == Array(0..<slices) })
    }

    @Test func theScoreIsItsSum() {
        let p = [0.4, 0.3, 0.2, 0.1]
        let score = SliceOrders.score([3, 1, 0, 2], probabilities: p, requests: 2)
        #expect(abs(score - (0.9 * 0.9 + 2 * 0.6 * 0.6 + 3 * 0.2 * 0.2)) < 1e-12)
        #expect(SliceOrders.score([], probabilities: p, requests: 2) == 0)
        #expect(SliceOrders.power(3, 13) == 1_594_323 && SliceOrders.power(0.5, 0) == 1)
        #expect(SliceOrders.wholeNumber(.nan) == 0 && SliceOrders.wholeNumber(-3) == 0)
    }

    @Test func theExampleGivesFourOrdersThatDifferAtEveryPosition() {
        let orders = SliceOrders.matching(probabilities: [0.4, 0.3, 0.2, 0.1], count: 4, requests: 4)
        #expect(orders.count == 4 && orders.allSatisfy { $0.sorted() == [0, 1, 2, 3] })
        for cell in 0..<4 { #expect(Set(orders.map { $0[cell] }).count == 4) }
        let scores = orders.map { SliceOrders.score($0, probabilities: [0.4, 0.3, 0.2, 0.1], requests: 4) }
        #expect(scores == scores.sorted(by: >))
        #expect(orders[0].first == 3)
        let best = SliceOrders.matching(probabilities: [0.4, 0.3, 0.2, 0.1], count: 1, requests: 4)
        #expect(best == [orders[0]])
    }

    @Test func moreThanThereAreSlicesAreDrawnTheSameEveryTime() {
        let p = [0.4, 0.3, 0.2, 0.1]
        let some = SliceOrders.matching(probabilities: p, count: 10, requests: 4)
        #expect(Set(some).count == 10 && some.allSatisfy { $0.sorted() == [0, 1, 2, 3] })
        #expect(some == SliceOrders.matching(probabilities: p, count: 10, requests: 4))
        #expect(Array(some.prefix(4)) == SliceOrders.matching(probabilities: p, count: 4, requests: 4))
        let all = SliceOrders.matching(probabilities: p, count: 50, requests: 4)
        #expect(Set(all).count == 24)
        // Where everything is sure to go, nothing is left to choose by; the orders are still orders.
        #expect(SliceOrders.matching(probabilities: [1, 1, 1], count: 6, requests: 3).count == 6)
        #expect(SliceOrders.matching(probabilities: [1], count: 2, requests: 3) == [[0]])
        #expect(SliceOrders.matching(probabilities: [], count: 2, requests: 3).isEmpty)
    }

    /// Every perfect matching of small tables, with forbidden pairs.
    @Test(arguments: UInt64(0)..<40)
    func theMatchingIsTheBestOfAll(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let n = 1 + Int(seed % 5)
        var weights = (0..<n).map { _ in (0..<n).map { _ in Double?.some(.random(in: -3...9, using: &generator)) } }
        // Forbidden off the diagonal only, so that there is a perfect matching.
        for row in 0..<n {
            for column in 0..<n where row != column && Int.random(in: 0..<4, using: &generator) == 0 {
                weights[row][column] = nil
            }
        }
        func total(_ columns: [Int]) -> Double? {
            var sum = 0.0
            for (row, column) in columns.enumerated() {
                guard let weight = weights[row][column] else { return nil }
                sum += weight
            }
            return sum
        }
        let best = SliceOrders.cyclic(slices: n, count: 120).compactMap(total).max() ?? 0
        let found = PerfectMatching.best(weights)
        #expect(found.sorted() == Array(0..<n))
        #expect(abs((total(found) ?? -.infinity) - best) < 1e-9)
    }

    @Test func fiftySlicesAreNoBurden() {
        let p = (0..<50).map { 0.001 + 0.0005 * Double($0 * 7 % 50) }
        let orders = SliceOrders.matching(probabilities: p, count: 50, requests: 30)
        #expect(Set(orders).count == 50)
        for cell in 0..<50 { #expect(Set(orders.map { $0[cell] }).count == 50) }
    }
}
