/// What a window of requests is expected to cost with S shards and R slices, counted as the paper does and as `Stage` trains.
///
/// The two differ where e = 2 e' / (R + 1) is below 1: a stage then takes its own slice in full, so everything costs more.
package struct CostForecast: Sendable, Equatable {
    package let shards: Int
    package let slices: Int
    package let epochs: Double
    /// K; the mean of a Poisson number where it comes from a rate.
    package let requests: Double
    package let isMean: Bool
    package let paper: SISACost
    package let trained: SISACost

    /// Record-passes of K requests, beside training everything again once they are gone.
    package struct Expectation: Sendable, Equatable {
        /// J or Q as printed: requests are drawn with replacement.
        package let expected: Double
        /// The same for different records; nil where K is a mean.
        package let distinct: Double?
        package let full: Double
        /// 0 where nothing would be left to train.
        package var fraction: Double { share(expected) }
        /// Whether the two forms are so far apart that people should see both.
        package var isDistinctApart: Bool { Self.areApart(expected, distinct) }

        package func share(_ passes: Double) -> Double { full > 0 ? passes / full : 0 }

        package static func areApart(_ expected: Double, _ distinct: Double?) -> Bool {
            distinct.map { abs($0 - expected) > 0.01 * max(expected, $0) } ?? false
        }
    }

    /// Throws where a number is out of its range, so that no formula sees one.
    package init(records: Int, shards: Int, slices: Int, epochs: Double, requests: Double, isMean: Bool = false)
        throws(CostPlanError)
    {
        guard (1...CostPlanError.mostRecords).contains(records) else { throw .records(records) }
        guard (1...CostPlanError.mostCells).contains(shards), (1...CostPlanError.mostCells).contains(slices),
            shards * slices <= CostPlanError.mostCells
        else { throw .cells(shards: shards, slices: slices) }
        guard epochs > 0, epochs <= 10_000 else { throw .epochs(epochs) }
        guard requests > 0, requests <= Double(records) else { throw .requests(requests, records: records) }
        self.shards = shards
        self.slices = slices
        self.epochs = epochs
        self.requests = requests
        self.isMean = isMean
        paper = SISACost(records: records, shards: shards, slices: slices, epochs: epochs)
        trained = SISACost(
            records: records, shards: shards, slices: slices, weights: .trained(epochs: epochs, slices: slices))
    }

    package func batch(_ cost: SISACost) -> Expectation {
        isMean
            ? expectation(cost, cost.batch(poissonMean: requests), distinct: nil)
            : expectation(
                cost, cost.batch(requests: requests), distinct: cost.batchWithoutReplacement(requests: requests))
    }

    package func sequential(_ cost: SISACost) -> Expectation {
        isMean
            ? expectation(cost, cost.sequential(poissonMean: requests), distinct: nil)
            : expectation(
                cost, cost.sequential(requests: requests),
                distinct: cost.sequentialWithoutReplacement(requests: requests))
    }

    private func expectation(_ cost: SISACost, _ expected: Double, distinct: Double?) -> Expectation {
        Expectation(
            expected: max(0, expected), distinct: distinct.map { max(0, $0) }, full: cost.full(requests: requests))
    }

    /// One request alone: the least that a deletion costs on the average.
    package var single: Double { max(0, trained.batch(requests: 1)) }

    /// Whether stages are trained with other passes than the paper's.
    package var differs: Bool { paper.weights != trained.weights }

    /// Deviation of one window's cost, from slices of whole records; nil where K is a mean, or no whole number, or above 100,000 cells.
    package func standardError(isSequential: Bool) -> Double? {
        guard !isMean, requests == requests.rounded(), shards * slices <= 100_000 else { return nil }
        let (size, more) = Int(paper.records).quotientAndRemainder(dividingBy: shards * slices)
        let sizes = (0..<shards).map { shard in
            (0..<slices).map { size + (shard * slices + $0 < more ? 1 : 0) }
        }
        let cost = GeneralCost(slices: sizes, weights: paper.weights)
        return isSequential
            ? cost.sequential(requests: Int(requests)).standardError : cost.batch(requests: Int(requests)).standardError
    }
}
