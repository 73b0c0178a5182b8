internal import Foundation
package import Unlearning

/// What deletions are expected to cost when slices have any sizes: the general form behind `SISACost`, in
/// record-passes.
///
/// A stage takes earlier (n_1 + ... + n_{j-1}) + own n_j passes, and none where its own slice is empty. It is trained
/// again if a request falls into a slice from which training has to start at or before it. Requests are uniform over
/// all records unless a method says otherwise. Making it costs one step a cell; so does an expectation, times orders.
package struct GeneralCost: Sendable {
    /// One slice order of one shard, with its stages by position.
    struct Order: Sendable {
        /// The slice at each position.
        let sequence: [Int]
        /// Records at each position.
        let sizes: [Int]
        /// Record-passes of each stage.
        let stages: [Double]
        /// The first stage that has to be trained again when a record of this position goes; see `StageTable.restarts`.
        let starts: [Int]
        /// For every stage the number of positions whose requests reach it: a prefix.
        let reach: [Int]
        /// Records of positions 0..<p, for p from 0 to R.
        let before: [Int]
        /// Passes of one record of each position, in all stages that see it.
        let passes: [Double]
    }

    /// Visits of a stage to a record.
    package let weights: PassWeights
    /// Records of each slice, (shards, slices).
    package let slices: [[Int]]
    /// All records, N.
    package let records: Int
    /// The orders of each shard, (shards, orders).
    let orders: [[Order]]

    /// The costs of slices of these sizes. Programmer errors trap: sizes below 0, and orders that are no permutation.
    ///
    /// - Parameters:
    ///   - slices: Records of each slice, (shards, slices).
    ///   - weights: Visits of a stage to a record.
    ///   - kept: The steps, counted from 0, whose states are kept as checkpoints; nil: all.
    ///   - orders: Slice orders that every shard trains, each a permutation of its slices; the cost is their sum. Nil:
    ///     0, 1, 2, ...
    package init(slices: [[Int]], weights: PassWeights, kept: [Int]? = nil, orders: [[Int]]? = nil) {
        precondition(slices.allSatisfy { $0.allSatisfy { $0 >= 0 } }, "a slice cannot have less than no records")
        self.slices = slices
        self.weights = weights
        records = slices.reduce(0) { $0 + $1.reduce(0, +) }
        let kept = kept.map(Set.init)
        self.orders = slices.map { sizes in
            (orders ?? [Array(sizes.indices)]).map { sequence in
                precondition(
                    sequence.sorted() == Array(sizes.indices), "an order names every slice of the shard once")
                return Order(sequence, slices: sizes, weights: weights, kept: kept)
            }
        }
    }

    /// The costs of slices of these sizes under a recipe, with the passes that `Stage` makes.
    package init(_ slices: [[Int]], _ recipe: Recipe) {
        let table = StageTable(recipe)
        self.init(
            slices: slices, weights: .trained(epochs: recipe.epochs, slices: recipe.slices), kept: table.keptSteps,
            orders: table.sequences)
    }

    /// The cost of training everything, nothing deleted.
    package var full: Double {
        overOrders { $0.stages.reduce(0, +) }
    }

    /// The cost of training everything, on the average, once `requests` uniform records are gone.
    package func full(without requests: Int) -> Double {
        let count = Double(min(max(0, requests), records))
        return full - count * passesOfARecord - emptied(after: count)
    }

    /// The cost of the stages from the restart to the last, once one record of that slice is gone, summed over the
    /// orders.
    package func restart(shard: Int, slice: Int) -> Double {
        orders[shard].reduce(0) { sum, order in
            sum + (order.sequence.firstIndex(of: slice).map { order.restart(position: $0, weights: weights) } ?? 0)
        }
    }

    /// Passes that a uniform record gets in a whole training, on the average.
    var passesOfARecord: Double {
        guard records > 0 else { return 0 }
        return overOrders { order in zip(order.sizes, order.passes).reduce(0) { $0 + Double($1.0) * $1.1 } }
            / Double(records)
    }

    func overOrders(_ value: (Order) -> Double) -> Double {
        orders.reduce(0) { $0 + $1.reduce(0) { $0 + value($1) } }
    }
}

extension GeneralCost.Order {
    init(_ sequence: [Int], slices: [Int], weights: PassWeights, kept: Set<Int>?) {
        let sizes = sequence.map { slices[$0] }
        self.sequence = sequence
        self.sizes = sizes
        before = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        stages = Self.stages(sizes, weights)
        let starts = StageTable.restarts(steps: sizes.count) { (kept?.contains($0) ?? true) && sizes[$0] > 0 }
        self.starts = starts
        var (reach, reached) = ([Int](), 0)
        for stage in sizes.indices {
            while reached < sizes.count, starts[reached] <= stage { reached += 1 }
            reach.append(reached)
        }
        self.reach = reach
        var (passes, later) = ([Double](repeating: 0, count: sizes.count), 0.0)
        for position in sizes.indices.reversed() where sizes[position] > 0 {
            passes[position] = weights.own + later
            later += weights.earlier
        }
        self.passes = passes
    }

    static func stages(_ sizes: [Int], _ weights: PassWeights) -> [Double] {
        var before = 0
        return sizes.map { size in
            defer { before += size }
            return size == 0 ? 0 : weights.earlier * Double(before) + weights.own * Double(size)
        }
    }

    func restart(position: Int, weights: PassWeights) -> Double {
        guard sizes[position] > 0 else { return 0 }
        // Only the record's own stage can become empty; the ones before it do not see the record.
        var sum = stages[starts[position]...].reduce(0, +) - passes[position]
        if sizes[position] == 1 { sum -= weights.earlier * Double(before[position]) }
        return sum
    }

    /// Records whose requests reach a stage.
    func marked(_ stage: Int) -> Double { Double(before[reach[stage]]) }
}

/// An expected number of record-passes, and how far one outcome lies from it.
package struct CostEstimate: Sendable, Equatable {
    /// The expectation.
    package let expected: Double
    /// The standard deviation of a single outcome: what one measured run may differ by, not the error of a mean of
    /// many.
    package let standardError: Double
}
