@testable import Costs
@testable import Unlearning

/// What a set of deletions costs by definition: records one by one, stages one by one. Shares no code with the
/// formulas.
struct DefinedCost {
    /// The slice of every record, by shard.
    let records: [(shard: Int, slice: Int)]
    let slices: Int
    let weights: PassWeights
    var kept: Set<Int>?
    var orders: [[Int]]
    /// Whether a stage whose own slice ran empty trains nothing, as `Stage` does; the paper's equations know no such
    /// thing.
    var skipsEmpty = true

    init(sizes: [[Int]], weights: PassWeights, kept: [Int]? = nil, orders: [[Int]]? = nil) {
        records = sizes.enumerated().flatMap { shard, row in
            row.enumerated().flatMap { slice, count in
                [(shard: Int, slice: Int)](repeating: (shard, slice), count: count)
            }
        }
        slices = sizes.first?.count ?? 0
        self.weights = weights
        self.kept = kept.map(Set.init)
        self.orders = orders ?? [Array(0..<slices)]
    }

    /// Record-passes of a repair: `gone` were deleted before it, `fresh` are what it is about.
    func cost(gone: Set<Int>, fresh: Set<Int>) -> Double {
        let left = records.indices.filter { !gone.contains($0) && !fresh.contains($0) }
        var sum = 0.0
        for shard in Set(fresh.map { records[$0].shard }) {
            let live = left.filter { records[$0].shard == shard }.map { records[$0].slice }
            for order in orders {
                let touched =
                    fresh.filter { records[$0].shard == shard }
                    .compactMap { order.firstIndex(of: records[$0].slice) }.min() ?? 0
                var start = touched
                while start > 0, !isKept(start - 1, order, shard) { start -= 1 }
                for stage in start..<slices { sum += passes(stage, order, live) }
            }
        }
        return sum
    }

    /// Whether a state was kept before the first request: that of a stage with a slice of its own.
    private func isKept(_ step: Int, _ order: [Int], _ shard: Int) -> Bool {
        (kept?.contains(step) ?? true) && records.contains { $0.shard == shard && $0.slice == order[step] }
    }

    func everything(without gone: Set<Int>) -> Double {
        let left = records.indices.filter { !gone.contains($0) }
        return Set(records.map(\.shard)).reduce(0) { sum, shard in
            let live = left.filter { records[$0].shard == shard }.map { records[$0].slice }
            return orders.reduce(sum) { sum, order in (0..<slices).reduce(sum) { $0 + passes($1, order, live) } }
        }
    }

    private func passes(_ stage: Int, _ order: [Int], _ live: [Int]) -> Double {
        if skipsEmpty, !live.contains(order[stage]) { return 0 }
        return live.reduce(0) { sum, slice in
            let cell = order.firstIndex(of: slice) ?? 0
            return sum + (cell == stage ? weights.own : cell < stage ? weights.earlier : 0)
        }
    }

    /// Mean and deviation of a batch over all sets of `count` records.
    func batch(_ count: Int) -> (mean: Double, deviation: Double) {
        var costs: [Double] = []
        func choose(_ chosen: [Int], from next: Int) {
            if chosen.count == count { return costs.append(cost(gone: [], fresh: Set(chosen))) }
            for record in next..<records.count { choose(chosen + [record], from: record + 1) }
        }
        choose([], from: 0)
        return Self.summary(costs)
    }

    /// Mean and deviation of the sum over all sequences of `count` different records, each repaired at once.
    func sequential(_ count: Int) -> (mean: Double, deviation: Double) {
        var costs: [Double] = []
        func follow(_ gone: [Int], _ sum: Double) {
            if gone.count == count { return costs.append(sum) }
            for record in records.indices where !gone.contains(record) {
                follow(gone + [record], sum + cost(gone: Set(gone), fresh: [record]))
            }
        }
        follow([], 0)
        return Self.summary(costs)
    }

    private static func summary(_ costs: [Double]) -> (mean: Double, deviation: Double) {
        let mean = costs.reduce(0, +) / Double(costs.count)
        let squares = costs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(costs.count)
        return (mean, squares.squareRoot())
    }
}
