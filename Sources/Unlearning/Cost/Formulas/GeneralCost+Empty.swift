/// A stage whose own slice ran empty trains nothing. Matters where slices have a handful of records; elsewhere it is 0 to the last bit.
extension GeneralCost {
    /// What K uniform deletions save because slices ran empty: such a stage no longer visits the live records before it.
    func emptied(after requests: Double) -> Double {
        let n = Double(records)
        return overStagesThatMayRunEmpty(after: requests) { lane, stage in
            let size = lane.sizes[stage]
            let all = Combinations.probabilityOfAll(marked: size, of: n, drawn: requests)
            let live = n > Double(size) ? 1 - (requests - Double(size)) / (n - Double(size)) : 0
            return weights.earlier * all * Double(lane.before[stage]) * live
        }
    }

    /// The same summed over requests 1 to K that are answered one by one; only those that reach the stage count.
    ///
    /// Above 256 requests the sum is taken over 256 blocks by the value in the middle of each.
    func emptiedOneByOne(_ requests: Int) -> Double {
        let blocks = min(requests, 256)
        let width = Double(requests) / Double(blocks)
        return overStagesThatMayRunEmpty(after: Double(requests)) { lane, stage in
            (0..<blocks).reduce(0) { sum, block in
                sum + width * emptied(lane, stage, at: (Double(block) + 0.5) * width + 0.5)
            }
        }
    }

    /// E[earlier (live records before the stage); slice empty, and request number i reaches the stage].
    ///
    /// Given which i records are gone, the last of them is a uniform one. Of the k = i - n_j that are not of the slice, X are from
    /// the a positions' records before it and Y from the b behind it that reach the stage, a multivariate hypergeometric pair.
    private func emptied(_ lane: Lane, _ stage: Int, at i: Double) -> Double {
        let size = Double(lane.sizes[stage])
        let all = Combinations.probabilityOfAll(marked: lane.sizes[stage], of: Double(records), drawn: i)
        guard all > 0 else { return 0 }
        let (rest, k) = (Double(records) - size, i - size)
        let a = Double(lane.before[stage])
        let b = lane.marked(stage) - size - a
        guard rest > 0, a > 0 else { return 0 }
        let pair = rest > 1 ? k * (k - 1) / (rest * (rest - 1)) : 0
        let (x, xx, y, xy) = (k * a / rest, a * (a - 1) * pair + k * a / rest, k * b / rest, a * b * pair)
        return weights.earlier * all * (size * (a - x) + a * (x + y) - xx - xy) / i
    }

    private func overStagesThatMayRunEmpty(after requests: Double, _ value: (Lane, Int) -> Double) -> Double {
        overLanes { lane in
            lane.sizes.indices.reduce(0) { sum, stage in
                let size = lane.sizes[stage]
                guard size > 0, Double(size) <= requests, lane.before[stage] > 0,
                    Combinations.probabilityOfAll(marked: size, of: Double(records), drawn: requests) > 1e-15
                else { return sum }
                return sum + value(lane, stage)
            }
        }
    }
}
