import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

@Suite struct RetentionTests {
    @Test(arguments: [
        (4, 1, 6, 0.6191), (4, 2, 3, 0.4375), (8, 3, 5, 0.5093), (8, 4, 3, 0.5781), (32, 8, 10, 0.5745),
        (10, 2, 20, 0.1064)
    ])
    func allRotationsRetainWhatIsKnown(l: Int, k: Int, r: Int, chance: Double) {
        #expect(abs(Retention.allRotations(slices: l, kept: k, hits: r) - chance) < 0.00005001)
    }

    @Test func equation20IsAnUpperBound() {
        #expect(abs(Retention.upperBound(slices: 8, kept: 3, hits: 5, orders: 8) - 0.5515) < 0.00005)
        #expect(abs(Retention.upperBound(slices: 4, kept: 1, hits: 3, orders: 4) - 0.888) < 0.0005)
        // Simulated 0.843, to the error of a simulation.
        #expect(abs(Retention.randomOrders(slices: 4, kept: 1, hits: 3, orders: 4) - 0.843) < 0.005)
        for l in 2...7 {
            for k in 1...l {
                for r in 0...9 {
                    let one = Retention.sisa(slices: l, kept: k, hits: r)
                    #expect(abs(Retention.upperBound(slices: l, kept: k, hits: r, orders: 1) - one) < 1e-12)
                    #expect(abs(Retention.randomOrders(slices: l, kept: k, hits: r, orders: 1) - one) < 1e-9)
                    let random = Retention.randomOrders(slices: l, kept: k, hits: r, orders: 2)
                    #expect(random <= Retention.upperBound(slices: l, kept: k, hits: r, orders: 2) + 1e-12)
                }
            }
        }
    }

    /// All L^r sequences of hits, and all rotations.
    @Test(arguments: 1...5, 0...5)
    func rotationsRetainTheShareOfAllSequencesOfHits(l: Int, r: Int) {
        let sequences = (0..<r).reduce(1) { product, _ in product * l }
        for k in 1...l {
            var good = 0
            for sequence in 0..<sequences {
                var (rest, touched) = (sequence, Set<Int>())
                for _ in 0..<r {
                    touched.insert(rest % l)
                    rest /= l
                }
                if (0..<l).contains(where: { start in (0..<k).allSatisfy { !touched.contains((start + $0) % l) } }) {
                    good += 1
                }
            }
            let share = Double(good) / Double(sequences)
            #expect(abs(Retention.allRotations(slices: l, kept: k, hits: r) - share) < 1e-12)
        }
    }

    /// All pairs of permutations of three slices, and all sequences of hits.
    @Test func randomOrdersRetainTheShareOfAllPairs() {
        let orders = SliceOrders.cyclic(slices: 3, count: 6)
        #expect(Set(orders).count == 6)
        for (k, r) in [(1, 2), (2, 1), (1, 4), (3, 1), (2, 3)] {
            let sequences = (0..<r).reduce(1) { product, _ in product * 3 }
            var good = 0
            for sequence in 0..<sequences {
                var (rest, touched) = (sequence, Set<Int>())
                for _ in 0..<r {
                    touched.insert(rest % 3)
                    rest /= 3
                }
                func serves(_ order: [Int]) -> Bool { order.prefix(k).allSatisfy { !touched.contains($0) } }
                for one in orders { for other in orders where serves(one) || serves(other) { good += 1 } }
            }
            let share = Double(good) / Double(36 * sequences)
            #expect(abs(Retention.randomOrders(slices: 3, kept: k, hits: r, orders: 2) - share) < 1e-12)
        }
    }

    @Test func manySlicesStayChances() {
        for r in [1, 100, 3000] {
            let chances = [1, 20, 300].map { Retention.allRotations(slices: 2000, kept: $0, hits: r) }
            #expect(chances.allSatisfy { (0...1.000001).contains($0) })
            #expect(zip(chances, chances.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 })
            #expect(abs(Retention.touched(slices: 2000, hits: r).reduce(0, +) - 1) < 1e-9)
        }
        // At least one slice of all rotations: some slice is untouched.
        let untouched = 1 - Retention.touched(slices: 50, hits: 200)[50]
        #expect(abs(Retention.allRotations(slices: 50, kept: 1, hits: 200) - untouched) < 1e-9)
    }
}
