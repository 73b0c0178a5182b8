internal import Foundation
internal import Unlearning

extension GeneralCost {
    /// K different uniform requests answered together, exactly:
    ///
    ///     sum over stages c_j [1 - C(N - m_j, K) / C(N, K)] - K (mean passes of a record)
    ///         - what slices that ran empty save
    ///
    /// with m_j the records whose requests reach stage j. More requests than records count as all of them.
    /// `standardError` is exact for one request, and close for more (`batchDeviation`).
    package func batch(requests: Int) -> CostEstimate {
        let count = min(max(0, requests), records)
        guard count > 0 else { return CostEstimate(expected: 0, standardError: 0) }
        if count == 1 { return single }
        let (n, k) = (Double(records), Double(count))
        let hit = overOrders { order in
            order.stages.indices.reduce(0) { sum, stage in
                order.stages[stage] == 0
                    ? sum
                    : sum + order.stages[stage]
                        * Combinations.probabilityOfAny(marked: order.marked(stage), of: n, drawn: k)
            }
        }
        return CostEstimate(
            expected: max(0, hit - k * passesOfARecord - emptied(after: k)), standardError: batchDeviation(k))
    }

    /// K requests one after another, each answered at once.
    ///
    /// A request among M live records costs (M - 1) / (N - 1) times the first one, on the average, exactly but for
    /// slices that ran empty, which is corrected for. `standardError` takes requests for independent draws whose spread
    /// shrinks with what is left: right to a few percent for K up to N / 20, and mostly too large beyond.
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
            for order in orders[shard] {
                // Suffix sums, so that a shard takes one step a cell.
                var suffix = [Double](repeating: 0, count: order.stages.count + 1)
                for stage in order.stages.indices.reversed() { suffix[stage] = suffix[stage + 1] + order.stages[stage] }
                for position in order.sequence.indices where order.sizes[position] > 0 {
                    costs[order.sequence[position]] +=
                        suffix[order.starts[position]] - order.passes[position]
                        - (order.sizes[position] == 1 ? weights.earlier * Double(order.before[position]) : 0)
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
        overOrders { order in
            order.stages.indices.reduce(0) { sum, stage in
                order.stages[stage] == 0 ? sum : sum + order.stages[stage] * (order.marked(stage) - 1)
            }
        } / Double(records)
    }
}

/// A stage whose own slice ran empty trains nothing. Matters where slices have a handful of records; elsewhere it is 0
/// to the last bit.
extension GeneralCost {
    /// What K uniform deletions save because slices ran empty: such a stage no longer visits the live records before
    /// it.
    func emptied(after requests: Double) -> Double {
        let n = Double(records)
        return overStagesThatMayRunEmpty(after: requests) { order, stage in
            let size = order.sizes[stage]
            let all = Combinations.probabilityOfAll(marked: size, of: n, drawn: requests)
            let live = n > Double(size) ? 1 - (requests - Double(size)) / (n - Double(size)) : 0
            return weights.earlier * all * Double(order.before[stage]) * live
        }
    }

    /// The same summed over requests 1 to K that are answered one by one; only those that reach the stage count.
    ///
    /// Above 256 requests the sum is taken over 256 blocks by the value in the middle of each.
    func emptiedOneByOne(_ requests: Int) -> Double {
        let blocks = min(requests, 256)
        let width = Double(requests) / Double(blocks)
        return overStagesThatMayRunEmpty(after: Double(requests)) { order, stage in
            (0..<blocks).reduce(0) { sum, block in
                sum + width * emptied(order, stage, at: (Double(block) + 0.5) * width + 0.5)
            }
        }
    }

    /// E[earlier (live records before the stage); slice empty, and request number i reaches the stage].
    ///
    /// Given which i records are gone, the last of them is a uniform one. Of the k = i - n_j that are not of the slice,
    /// X are from the a positions' records before it and Y from the b behind it that reach the stage, a multivariate
    /// hypergeometric pair.
    private func emptied(_ order: Order, _ stage: Int, at i: Double) -> Double {
        let size = Double(order.sizes[stage])
        let all = Combinations.probabilityOfAll(marked: order.sizes[stage], of: Double(records), drawn: i)
        guard all > 0 else { return 0 }
        let (rest, k) = (Double(records) - size, i - size)
        let a = Double(order.before[stage])
        let b = order.marked(stage) - size - a
        guard rest > 0, a > 0 else { return 0 }
        let pair = rest > 1 ? k * (k - 1) / (rest * (rest - 1)) : 0
        let (x, xx, y, xy) = (k * a / rest, a * (a - 1) * pair + k * a / rest, k * b / rest, a * b * pair)
        return weights.earlier * all * (size * (a - x) + a * (x + y) - xx - xy) / i
    }

    private func overStagesThatMayRunEmpty(after requests: Double, _ value: (Order, Int) -> Double) -> Double {
        overOrders { order in
            order.sizes.indices.reduce(0) { sum, stage in
                let size = order.sizes[stage]
                guard size > 0, Double(size) <= requests, order.before[stage] > 0,
                    Combinations.probabilityOfAll(marked: size, of: Double(records), drawn: requests) > 1e-15
                else { return sum }
                return sum + value(order, stage)
            }
        }
    }
}
