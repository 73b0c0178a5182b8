internal import Foundation

extension GeneralCost {
    /// K different uniform requests answered together, exactly:
    ///
    ///     sum over stages c_j [1 - C(N - m_j, K) / C(N, K)] - K (mean passes of a record) - what slices that ran empty save
    ///
    /// with m_j the records whose requests reach stage j. More requests than records count as all of them. `standardError` is exact for
    /// one request, and close for more (`batchDeviation`).
    package func batch(requests: Int) -> CostEstimate {
        let count = min(max(0, requests), records)
        guard count > 0 else { return CostEstimate(expected: 0, standardError: 0) }
        if count == 1 { return single }
        let (n, k) = (Double(records), Double(count))
        let hit = overLanes { lane in
            lane.stages.indices.reduce(0) { sum, stage in
                lane.stages[stage] == 0
                    ? sum
                    : sum + lane.stages[stage]
                        * Combinations.probabilityOfAny(marked: lane.marked(stage), of: n, drawn: k)
            }
        }
        return CostEstimate(
            expected: max(0, hit - k * passesOfARecord - emptied(after: k)), standardError: batchDeviation(k))
    }

    /// K requests one after another, each answered at once.
    ///
    /// A request among M live records costs (M - 1) / (N - 1) times the first one, on the average, exactly but for slices that ran empty,
    /// which is corrected for. `standardError` takes requests for independent draws whose spread shrinks with what is left: right to
    /// a few percent for K up to N / 20, and mostly too large beyond.
    package func sequential(requests: Int) -> CostEstimate {
        let count = min(max(0, requests), records)
        guard count > 0 else { return CostEstimate(expected: 0, standardError: 0) }
        let single = single
        if count == 1 { return single }
        let (n, k) = (Double(records), Double(count))
        let simple = withoutEmpty
        let live = k - k * (k - 1) / (2 * (n - 1))
        // Sum of (1 - i / N)^2 over i = 0 ..< K.
        let squares = k - k * (k - 1) / n + (k - 1) * k * (2 * k - 1) / (6 * n * n)
        return CostEstimate(
            expected: max(0, simple * live - emptiedOneByOne(count)),
            standardError: single.standardError * squares.squareRoot())
    }

    /// One uniform request: mean and deviation over all records, exactly.
    var single: CostEstimate {
        let n = Double(records)
        var (sum, squares) = (0.0, 0.0)
        for shard in slices.indices {
            var costs = [Double](repeating: 0, count: slices[shard].count)
            for lane in lanes[shard] {
                // Suffix sums, so that a shard takes one step a cell.
                var suffix = [Double](repeating: 0, count: lane.stages.count + 1)
                for stage in lane.stages.indices.reversed() { suffix[stage] = suffix[stage + 1] + lane.stages[stage] }
                for position in lane.order.indices where lane.sizes[position] > 0 {
                    costs[lane.order[position]] +=
                        suffix[lane.starts[position]] - lane.passes[position]
                        - (lane.sizes[position] == 1 ? weights.earlier * Double(lane.before[position]) : 0)
                }
            }
            for (size, cost) in zip(slices[shard], costs) {
                sum += Double(size) * cost
                squares += Double(size) * cost * cost
            }
        }
        let mean = sum / n
        return CostEstimate(expected: mean, standardError: max(0, squares / n - mean * mean).squareRoot())
    }

    /// The first request's cost if a stage whose slice runs empty still visited the slices before it.
    private var withoutEmpty: Double {
        overLanes { lane in
            lane.stages.indices.reduce(0) { sum, stage in
                lane.stages[stage] == 0 ? sum : sum + lane.stages[stage] * (lane.marked(stage) - 1)
            }
        } / Double(records)
    }
}
