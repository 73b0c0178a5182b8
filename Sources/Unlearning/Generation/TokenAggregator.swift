internal import Engine

/// Makes one next-token distribution of those of an ensemble's members. Nothing here is learnt, so nothing here can
/// remember; a shard that abstains is no member, and has no part in it.
///
/// Every sum runs over members in ascending order, with the exponential and the logarithm of docs/numerics.md, so that
/// the bits depend on no thread count and no instruction set. Formulas: docs/aggregation.md.
struct TokenAggregator: Sendable {
    let rule: AnswerRule
    /// The shards that answer, ascending, and the live records behind each.
    let shards: [Int], records: [Int]

    /// The member whose distribution is the answer, where it is one and the same at every step; nil: several are asked.
    ///
    /// A shard that abstains knows nothing of anybody; where it is the owner's, the others answer as one.
    func only(owner: Int?) -> Int? {
        switch rule {
        case .base: shards.count
        case .shard(let shard): shards.firstIndex(of: shard) ?? 0
        case .aggregation(.owner): owner.flatMap(shards.firstIndex)
        case .aggregation: nil
        }
    }

    /// Makes the logarithms after a place those of the ensemble, (vocabulary).
    ///
    /// `scores`: Those of all members, or of the only one that is asked. `foresight`: How well the shards foretold what
    /// came before. `owner`: The shard in which the hash places the owner who is asked about; nil: nobody was named.
    func combine(
        _ scores: TokenScores, place: Int, _ foresight: Foresight, owner: Int?, into result: inout [Float]
    ) {
        let rows = Members(scores, place, shards.count)
        if let member = only(owner: owner) {
            return rows.copy(scores.members == 1 ? 0 : member, into: &result)
        }
        switch rule {
        case .base, .shard: preconditionFailure("one member answers, and is not asked")
        case .aggregation(.mean): rows.mix(equal, into: &result)
        case .aggregation(.weighted): rows.mix(byRecords, into: &result)
        case .aggregation(.posterior(let tau)): rows.mix(Self.weights(foresight.text, tau), into: &result)
        case .aggregation(.prompted(let tau)): rows.mix(Self.weights(foresight.prompt, tau), into: &result)
        case .aggregation(.assured(let tau)):
            let sure = shards.indices.map { tau * foresight.text[$0] - Double(rows.entropy($0)) }
            rows.mix(Self.weights(sure, 1), into: &result)
        case .aggregation(.confident): rows.copy(Self.lowest(shards.indices.map(rows.entropy)), into: &result)
        case .aggregation(.recognise):
            rows.copy(Self.lowest(foresight.prompt.map { -$0 }), into: &result)
        case .aggregation(.product): rows.product(into: &result)
        case .aggregation(.contrast(let clip)): rows.contrast(Float(clip), into: &result)
        case .aggregation(.owner): rows.mix(equal, into: &result)
        }
    }

    /// The logarithms of equal weights.
    private var equal: [Float] { Self.weights(shards.map { _ in 0 }, 1) }

    /// The logarithms of weights by live records.
    private var byRecords: [Float] {
        let whole = Elementwise.log(Float(records.reduce(0, +)))
        return records.map { Elementwise.log(Float($0)) - whole }
    }

    /// The logarithms of weights in proportion to exp(tau * values), one a shard.
    ///
    /// Differences from the largest are binary64, then rounded; what they are divided by is a mixture of ones.
    private static func weights(_ values: [Double], _ tau: Double) -> [Float] {
        let most = values.max() ?? 0
        let scores = values.map { Float(max(tau * ($0 - most), -1e6)) }
        var whole: [Float] = [0]
        Mixture.logSum(
            [Float](repeating: 0, count: scores.count), MatrixView(rows: scores.count, columns: 1), weights: scores,
            into: &whole)
        return scores.map { $0 - whole[0] }
    }

    /// The place of the lowest value, the first of equals.
    private static func lowest<Value: Comparable>(_ values: [Value]) -> Int {
        values.indices.min { values[$0] < values[$1] } ?? 0
    }
}

/// The rows of all members after one place, the base's last where there is one.
private struct Members {
    private let scores: TokenScores
    private let place: Int
    private let shards: MatrixView

    init(_ scores: TokenScores, _ place: Int, _ shards: Int) {
        self.scores = scores
        self.place = place
        self.shards = MatrixView(
            offset: scores.range(member: 0, place: place).lowerBound, rows: shards, columns: scores.vocabulary,
            rowStride: scores.places * scores.vocabulary)
    }

    func entropy(_ member: Int) -> Float { Mixture.entropy(scores.values, scores.range(member: member, place: place)) }

    func copy(_ member: Int, into result: inout [Float]) {
        result.replaceSubrange(
            0..<scores.vocabulary, with: scores.values[scores.range(member: member, place: place)])
    }

    func mix(_ weights: [Float], into result: inout [Float]) {
        Mixture.logSum(scores.values, shards, weights: weights, into: &result)
    }

    func product(into result: inout [Float]) {
        Mixture.mean(scores.values, shards, into: &result)
        normalise(&result)
    }

    func contrast(_ clip: Float, into result: inout [Float]) {
        let base = scores.range(member: scores.members - 1, place: place).lowerBound
        Mixture.contrast(scores.values, shards, base: base, clip: clip, into: &result)
        normalise(&result)
    }

    private func normalise(_ result: inout [Float]) {
        Vocabulary.logSoftmax(&result, MatrixView(rows: 1, columns: scores.vocabulary))
    }
}
