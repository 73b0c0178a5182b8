internal import Foundation
internal import Testing

@testable import Engine

/// Tokens that are drawn, and can be drawn again.
@Suite struct TokenSamplerTests {
    private static let logarithms: [Float] = [0.4, 0.05, 0.3, 0.05, 0.2].map { Float(log($0)) }
    private static let draws = 20_000

    private func shares(_ sampler: TokenSampler) -> [Double] {
        var counts = [Int](repeating: 0, count: Self.logarithms.count)
        for position in 0..<Self.draws {
            counts[Int(sampler.token(Self.logarithms, position: position))] += 1
        }
        return counts.map { Double($0) / Double(Self.draws) }
    }

    /// Four standard deviations of a share.
    private func isNear(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= 4 * (expected * (1 - expected) / Double(Self.draws)).squareRoot()
    }

    @Test(arguments: [0.5, 1, 2])
    func tokensComeAsOftenAsTheirProbabilitySays(temperature: Double) {
        let raised = Self.logarithms.map { exp(Double($0) / temperature) }
        let whole = raised.reduce(0, +)
        for seed in [UInt64(0), 7] {
            let found = shares(TokenSampler(temperature: temperature, share: 1, seed: seed))
            for (found, raised) in zip(found, raised) { #expect(isNear(found, raised / whole)) }
        }
    }

    /// 0.4 + 0.3 reach 0.65, and of two equal ones the lower id comes first.
    @Test(arguments: [
        (0.35, [0]), (0.65, [0, 2]), (0.85, [0, 2, 4]), (0.92, [0, 1, 2, 4]), (1.0, [0, 1, 2, 3, 4])
    ])
    func onlyTheLikeliestTokensStay(share: Double, kept: [Int]) {
        let found = shares(TokenSampler(temperature: 1, share: share, seed: 3))
        let whole = kept.reduce(0) { $0 + exp(Double(Self.logarithms[$1])) }
        for (id, found) in found.enumerated() {
            #expect(kept.contains(id) ? isNear(found, exp(Double(Self.logarithms[id])) / whole) : found == 0)
        }
    }

    /// The bound under which tokens are not sorted changes nothing: the same set by sorting all.
    @Test func whatStaysIsTheHeadOfTheWholeOrder() {
        let stream = Philox(seed: 9, purpose: "sampler test", context: [])
        for trial in 0..<20 {
            let scores = (0..<300).map { stream.uniform(at: UInt64(trial * 300 + $0), bound: trial < 10 ? 2 : 12) }
            var p = scores
            Rows.softmax(&p, MatrixView(rows: 1, columns: p.count), scale: 1)
            let order = p.indices.sorted { p[$0] > p[$1] || (p[$0] == p[$1] && $0 < $1) }
            var (kept, sum) = (Set<Int>(), 0.0)
            for id in order where sum < 0.9 {
                kept.insert(id)
                sum += Double(p[id])
            }
            let sampler = TokenSampler(temperature: 1, share: 0.9, seed: UInt64(trial))
            let drawn = Set((0..<3000).map { Int(sampler.token(scores, position: $0)) })
            #expect(drawn.isSubset(of: kept))
            #expect(drawn.contains(order[0]))
        }
    }

    @Test func aDrawDependsOnSeedAndPositionAlone() {
        let sampler = TokenSampler(temperature: 1, share: 0.95, seed: 5)
        let once = (0..<200).map { sampler.token(Self.logarithms, position: $0) }
        #expect((0..<200).reversed().map { sampler.token(Self.logarithms, position: $0) } == once.reversed())
        let other = TokenSampler(temperature: 1, share: 0.95, seed: 6)
        #expect((0..<200).map { other.token(Self.logarithms, position: $0) } != once)
    }
}
