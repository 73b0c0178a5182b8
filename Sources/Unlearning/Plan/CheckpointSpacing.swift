/// Which stages of a shard keep their checkpoints when there is room for only some of them.
///
/// A deletion starts again after the last kept stage below its slice. With equal slices and one uniform request the
/// expected cost is proportional to the sum, over kept stages k (0-based), of (k + 1) times the passes of the stages
/// since the kept one before.
package enum CheckpointSpacing {
    /// The stages to keep, ascending, the last always among them, so that the expected cost is least.
    ///
    /// An exact dynamic program. The best place of the one before moves up with k (the costs satisfy the quadrangle
    /// inequality), so a row is solved by halving: R log R steps a slot. Deterministic: sums, products and comparisons
    /// only; of equal ones the lowest stage. R times slots numbers of two bytes are held.
    package static func kept(slices: Int, slots: Int, weights: PassWeights) -> [Int] {
        precondition((1...65_535).contains(slices) && slots > 0, "1 to 65535 slices and at least one slot")
        guard slots < slices else { return Array(0..<slices) }
        let sums = sums(slices, weights)
        // cost[k]: the least cost of stages 0...k if k is kept and `rows.count + 1` are kept in all.
        var cost: [Double] = (0..<slices).map { Double($0 + 1) * sums[$0 + 1] }
        var rows: [[UInt16]] = []
        for slot in 1..<slots {
            var row = [UInt16](repeating: 0, count: slices)
            var next = [Double](repeating: .infinity, count: slices)
            solve(slot..<slices, (slot - 1)..<slices, cost, sums, &next, &row)
            rows.append(row)
            cost = next
        }
        var kept = [slices - 1]
        for row in rows.reversed() { kept.append(Int(row[kept[kept.count - 1]])) }
        return kept.reversed()
    }

    /// Expected cost of one uniform request with these checkpoints, as a multiple of what it is with all of them.
    ///
    /// `kept`: Ascending, the last stage among them or not: without it nothing changes, because nothing starts behind
    /// it.
    package static func relativeCost(slices: Int, kept: [Int], weights: PassWeights) -> Double {
        let sums = sums(slices, weights)
        var (all, cost, before) = (0.0, 0.0, 0)
        for stage in 0..<slices { all += Double(stage + 1) * (sums[stage + 1] - sums[stage]) }
        for stage in kept where stage < slices - 1 {
            cost += Double(stage + 1) * (sums[stage + 1] - sums[before])
            before = stage + 1
        }
        return (cost + Double(slices) * (sums[slices] - sums[before])) / all
    }

    /// Passes of stages 0..<j, for slices of one record.
    private static func sums(_ slices: Int, _ weights: PassWeights) -> [Double] {
        var sums = [0.0]
        for stage in 0..<slices { sums.append(sums[stage] + weights.earlier * Double(stage) + weights.own) }
        return sums
    }

    /// Fills `next` and `row` for stages of `range`, the best one before being known to lie in `choices`.
    private static func solve(
        _ range: Range<Int>, _ choices: Range<Int>, _ cost: [Double], _ sums: [Double], _ next: inout [Double],
        _ row: inout [UInt16]
    ) {
        guard !range.isEmpty else { return }
        let middle = range.lowerBound + range.count / 2
        var (best, at) = (Double.infinity, choices.lowerBound)
        for before in choices where before < middle {
            let candidate = cost[before] + Double(middle + 1) * (sums[middle + 1] - sums[before + 1])
            if candidate < best { (best, at) = (candidate, before) }
        }
        next[middle] = best
        row[middle] = UInt16(at)
        solve(range.lowerBound..<middle, choices.lowerBound..<(at + 1), cost, sums, &next, &row)
        solve((middle + 1)..<range.upperBound, at..<choices.upperBound, cost, sums, &next, &row)
    }
}
