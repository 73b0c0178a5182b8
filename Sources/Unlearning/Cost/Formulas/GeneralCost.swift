internal import Foundation

/// What deletions are expected to cost when slices have any sizes: the general form behind `SISACost`, in record-passes.
///
/// A stage takes earlier (n_1 + ... + n_{j-1}) + own n_j passes, and none where its own slice is empty. It is trained again if a request
/// falls into a slice from which training has to start at or before it. Requests are uniform over all records unless a method says otherwise.
/// Making it costs one step a cell; so does an expectation, times orders.
package struct GeneralCost: Sendable {
    /// One slice order of one shard.
    struct Lane: Sendable {
        /// The slice at each position.
        let order: [Int]
        /// Records at each position.
        let sizes: [Int]
        /// Record-passes of each stage.
        let stages: [Double]
        /// The first stage that has to be trained again when a record of this position goes: after the last kept one below it.
        let starts: [Int]
        /// For every stage the number of positions whose requests reach it: a prefix.
        let reach: [Int]
        /// Records of positions 0..<p, for p from 0 to R.
        let before: [Int]
        /// Passes of one record of each position, in all stages that see it.
        let passes: [Double]
    }

    package let weights: PassWeights
    /// Records of each slice, by shard.
    package let slices: [[Int]]
    /// N.
    package let records: Int
    /// By shard, then order.
    let lanes: [[Lane]]

    /// `kept`: The stages (0-based, ascending) whose checkpoints exist; nil: all. `orders`: Slice orders that every shard trains,
    /// each a permutation of its slices; the cost is their sum. Programmer errors trap: sizes below 0, and orders that are no permutation.
    package init(slices: [[Int]], weights: PassWeights, kept: [Int]? = nil, orders: [[Int]]? = nil) {
        precondition(slices.allSatisfy { $0.allSatisfy { $0 >= 0 } }, "a slice cannot have less than no records")
        self.slices = slices
        self.weights = weights
        records = slices.reduce(0) { $0 + $1.reduce(0, +) }
        lanes = slices.map { sizes in
            (orders ?? [Array(sizes.indices)]).map { order in
                precondition(order.sorted() == Array(sizes.indices), "an order names every slice of the shard once")
                return Lane(order: order, slices: sizes, weights: weights, kept: kept)
            }
        }
    }

    /// Training everything, nothing deleted.
    package var full: Double {
        overLanes { $0.stages.reduce(0, +) }
    }

    /// What training everything costs, on the average, once `requests` uniform records are gone.
    package func full(without requests: Int) -> Double {
        let count = Double(min(max(0, requests), records))
        return full - count * passesOfARecord - emptied(after: count)
    }

    /// Passes of stages from the restart to the last, once one record of that slice is gone, summed over the orders.
    package func restart(shard: Int, slice: Int) -> Double {
        lanes[shard].reduce(0) { sum, lane in
            sum + (lane.order.firstIndex(of: slice).map { lane.restart(position: $0, weights: weights) } ?? 0)
        }
    }

    /// Passes that a uniform record gets in a whole training, on the average.
    var passesOfARecord: Double {
        guard records > 0 else { return 0 }
        return overLanes { lane in zip(lane.sizes, lane.passes).reduce(0) { $0 + Double($1.0) * $1.1 } }
            / Double(records)
    }

    func overLanes(_ value: (Lane) -> Double) -> Double {
        lanes.reduce(0) { $0 + $1.reduce(0) { $0 + value($1) } }
    }
}

extension GeneralCost.Lane {
    init(order: [Int], slices: [Int], weights: PassWeights, kept: [Int]?) {
        let sizes = order.map { slices[$0] }
        self.order = order
        self.sizes = sizes
        before = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        stages = Self.stages(sizes, weights)
        var isKept = [Bool](repeating: kept == nil, count: order.count)
        for stage in kept ?? [] where isKept.indices.contains(stage) { isKept[stage] = true }
        var (starts, start) = ([Int](), 0)
        for position in order.indices {
            starts.append(start)
            if isKept[position] { start = position + 1 }
        }
        self.starts = starts
        var (reach, reached) = ([Int](), 0)
        for stage in order.indices {
            while reached < order.count, starts[reached] <= stage { reached += 1 }
            reach.append(reached)
        }
        self.reach = reach
        var (passes, later) = ([Double](repeating: 0, count: order.count), 0.0)
        for position in order.indices.reversed() where sizes[position] > 0 {
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
