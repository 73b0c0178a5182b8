import Foundation
import Testing

@testable import Engine
@testable import Unlearning

/// Every aggregation against its formula in plain double precision (docs/aggregation.md).
@Suite struct TokenAggregatorTests {
    private static let (vocabulary, places) = (37, 3)
    private static let shards = [0, 2, 3], records = [12, 5, 30]

    /// Three shards and the base, after three places.
    private static func scores(seed: UInt64) -> TokenScores {
        let stream = Philox(seed: seed, purpose: "aggregator test", context: [])
        var scores = TokenScores(members: 4, places: places, vocabulary: vocabulary)
        var rows = stream.uniforms(4 * places * vocabulary, bound: 6)
        Vocabulary.logSoftmax(&rows, MatrixView(rows: 4 * places, columns: vocabulary))
        scores.values = rows
        return scores
    }

    /// Of the tokens 4, 11 and 30 after the three places, of which the first two are the prompt's.
    private static func foresight(_ scores: TokenScores) -> Foresight {
        var foresight = Foresight(shards: 3)
        for (place, token) in [Int32(4), 11, 30].enumerated() {
            foresight.count(token, scores, place: place, isPrompt: place < 2)
        }
        return foresight
    }

    private static func combined(
        _ rule: AnswerRule, _ scores: TokenScores, place: Int = 1, _ foresight: Foresight, owner: Int? = nil
    ) -> [Float] {
        var result = [Float](repeating: .nan, count: vocabulary)
        TokenAggregator(rule: rule, shards: shards, records: records)
            .combine(scores, place: place, foresight, owner: owner, into: &result)
        return result
    }

    /// The rows after a place in double precision, the base's last.
    private static func rows(_ scores: TokenScores, _ place: Int) -> [[Double]] {
        (0..<4).map { scores.values[scores.range(member: $0, place: place)].map(Double.init) }
    }

    private static func normalised(_ row: [Double]) -> [Double] {
        let whole = log(row.reduce(0) { $0 + exp($1) })
        return row.map { $0 - whole }
    }

    private static func mixture(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
        let whole = weights.reduce(0, +)
        return rows[0].indices.map { column in
            log(zip(rows, weights).reduce(0) { $0 + $1.1 / whole * exp($1.0[column]) })
        }
    }

    private static func entropy(_ row: [Double]) -> Double { -row.reduce(0) { $0 + exp($1) * $1 } }

    /// What each rule should give, from the definitions in LANGUAGE's words: nothing of the code under test.
    private static func expected(_ rule: TokenAggregation, _ scores: TokenScores, place: Int) -> [Double] {
        let all = rows(scores, place)
        let own = Array(all.prefix(3))
        func likelihood(_ tokens: [Int]) -> [Double] {
            (0..<3).map { shard in
                tokens.enumerated().reduce(0) { $0 + rows(scores, $1.offset)[shard][$1.element] }
            }
        }
        let (prompt, text) = (likelihood([4, 11]), likelihood([4, 11, 30]))
        switch rule {
        case .mean: return mixture(own, [1, 1, 1])
        case .weighted: return mixture(own, records.map(Double.init))
        case .product: return normalised(own[0].indices.map { (own[0][$0] + own[1][$0] + own[2][$0]) / 3 })
        case .confident: return own.min { entropy($0) < entropy($1) } ?? []
        case .posterior(let tau): return mixture(own, text.map { exp(tau * $0) })
        case .prompted(let tau): return mixture(own, prompt.map { exp(tau * $0) })
        case .assured(let tau): return mixture(own, (0..<3).map { exp(tau * text[$0] - entropy(own[$0])) })
        case .recognise: return own[(0..<3).max { prompt[$0] < prompt[$1] } ?? 0]
        case .contrast(let clip):
            return normalised(
                all[3].indices.map { column in
                    own.reduce(all[3][column]) { $0 + min(clip, max(-clip, $1[column] - all[3][column])) }
                })
        case .owner: return own[1]
        }
    }

    private static let rules =
        TokenAggregation.all + [
            .posterior(tau: 0.25), .posterior(tau: 4), .prompted(tau: 2), .assured(tau: 0.5), .contrast(clip: 1.5)
        ]

    @Test(arguments: rules)
    func everyAggregationIsItsFormula(rule: TokenAggregation) {
        for seed in 0..<20 {
            let scores = Self.scores(seed: UInt64(seed))
            let foresight = Self.foresight(scores)
            for place in 0..<Self.places {
                let found = Self.combined(.aggregation(rule), scores, place: place, foresight, owner: 2)
                for (found, expected) in zip(found, Self.expected(rule, scores, place: place)) {
                    #expect(abs(Double(found) - expected) < 2e-5)
                }
            }
        }
    }

    @Test(arguments: rules)
    func everyAggregationIsADistribution(rule: TokenAggregation) {
        let scores = Self.scores(seed: 77)
        let sum = Self.combined(.aggregation(rule), scores, Self.foresight(scores), owner: 3)
            .reduce(0.0) { $0 + exp(Double($1)) }
        #expect(abs(sum - 1) < 1e-5)
    }

    @Test(arguments: rules)
    func noInstructionSetChangesABit(rule: TokenAggregation) {
        let before = InstructionSet.current
        defer { before.select() }
        let scores = Self.scores(seed: 5)
        var found: Set<[UInt32]> = []
        for set in InstructionSet.allCases where set.isAvailable {
            set.select()
            let foresight = Self.foresight(scores)
            found.insert(Self.combined(.aggregation(rule), scores, foresight, owner: 0).map(\.bitPattern))
        }
        #expect(found.count == 1)
    }

    /// The base's likelihood of a text is the same for all shards: it cancels, and nobody pays for it.
    @Test func theBaseCancelsOutOfThePosterior() {
        let scores = Self.scores(seed: 8)
        let place = 2
        let all = Self.rows(scores, place)
        let base = [4, 11, 30].enumerated().reduce(0) { $0 + Self.rows(scores, $1.offset)[3][$1.element] }
        let text = (0..<3).map { shard in
            [4, 11, 30].enumerated().reduce(0) { $0 + Self.rows(scores, $1.offset)[shard][$1.element] }
        }
        let expected = Self.mixture(Array(all.prefix(3)), text.map { exp(2 * ($0 - base)) })
        let found = Self.combined(
            .aggregation(.posterior(tau: 2)), scores, place: place, Self.foresight(scores))
        for (found, expected) in zip(found, expected) { #expect(abs(Double(found) - expected) < 2e-5) }
        #expect(AnswerRule.aggregation(.posterior(tau: 2)).needsBase == false)
    }

    /// A text so long that its likelihood is no number any more still has weights.
    @Test func weightsOfLongTextsDoNotUnderflow() {
        let scores = Self.scores(seed: 9)
        var foresight = Foresight(shards: 3)
        for _ in 0..<5000 { foresight.count(4, scores, place: 0, isPrompt: true) }
        let best = foresight.prompt.indices.max { foresight.prompt[$0] < foresight.prompt[$1] } ?? 0
        let found = Self.combined(.aggregation(.posterior(tau: 4)), scores, foresight)
        #expect(found == Array(scores.values[scores.range(member: best, place: 1)]))
    }

    @Test func tiesGoToTheLowestShard() {
        var scores = TokenScores(members: 3, places: 1, vocabulary: 4)
        // Each the same numbers in another order, so that entropies and likelihoods are equal.
        let rows: [[Double]] = [[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]]
        scores.values = rows.flatMap { $0.map { Float(log($0)) } }
        scores.values[scores.range(member: 1, place: 0)] = [Float(log(0.1)), -1, -1.5, -2]
        scores.values[scores.range(member: 2, place: 0)] = scores.values[scores.range(member: 0, place: 0)]
        var foresight = Foresight(shards: 3)
        foresight.count(0, scores, place: 0, isPrompt: true)
        #expect(
            Self.combined(.aggregation(.recognise), scores, place: 0, foresight).prefix(4)
                .elementsEqual(scores.values.prefix(4)))
    }

    @Test func aShardAloneAndTheBaseAreThemselves() {
        let scores = Self.scores(seed: 3)
        let foresight = Self.foresight(scores)
        for (member, rule) in [AnswerRule.shard(0), .shard(2), .shard(3), .base].enumerated() {
            #expect(
                Self.combined(rule, scores, foresight) == Array(scores.values[scores.range(member: member, place: 1)]))
        }
    }

    /// The shard 1 abstains: whoever's records it should have is answered by the others together.
    @Test func theOwnersOfAShardThatAbstainsAreAnsweredByTheOthers() {
        let scores = Self.scores(seed: 4)
        let foresight = Self.foresight(scores)
        let mean = Self.combined(.aggregation(.mean), scores, foresight)
        #expect(Self.combined(.aggregation(.owner), scores, foresight, owner: 1) == mean)
        #expect(Self.combined(.aggregation(.owner), scores, foresight, owner: 2) != mean)
    }

    @Test func onlyWhoNeedsThemPaysForBaseAndPrompt() {
        for rule in TokenAggregation.all {
            #expect(AnswerRule.aggregation(rule).needsBase == (rule.name == "contrast"))
            let counts = ["posterior", "prompted", "assured", "recognise"].contains(rule.name)
            #expect(AnswerRule.aggregation(rule).needsPrompt == counts)
        }
        #expect(AnswerRule.base.needsBase && !AnswerRule.base.needsPrompt)
    }

    @Test func rulesHaveWords() {
        for rule in Self.rules.map(AnswerRule.aggregation) + [.base] { #expect(AnswerRule(word: rule.word) == rule) }
        for word in ["", "median", "mean:2", "posterior:0", "posterior:x", "base:1", "shard 1", "owner:3"] {
            #expect(AnswerRule(word: word) == nil, "\(word)")
        }
    }
}
