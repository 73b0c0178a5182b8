internal import Unlearning

/// What a window of requests is expected to cost with S shards and R slices, counted as the paper does and as `Stage`
/// trains.
///
/// The two differ where e = 2 e' / (R + 1) is below 1: a stage then takes its own slice in full, so everything costs
/// more.
package struct CostForecast: Sendable, Equatable {
    /// Shards, S.
    package let shards: Int
    /// Slices of a shard, R.
    package let slices: Int
    /// Epochs, e'.
    package let epochs: Double
    /// K; the mean of a Poisson number where it comes from a rate.
    package let requests: Double
    /// Whether K is the mean of a Poisson number.
    package let isMean: Bool
    /// The formulas with the passes that the paper counts.
    package let paper: SISACost
    /// The formulas with the passes that `Stage` trains.
    package let trained: SISACost

    /// Record-passes of K requests, beside training everything again once they are gone.
    package struct Expectation: Sendable, Equatable {
        /// J or Q as printed: requests are drawn with replacement.
        package let expected: Double
        /// The same for different records; nil where K is a mean.
        package let distinct: Double?
        /// Training everything once the K records are gone.
        package let full: Double
        /// 0 where nothing would be left to train.
        package var fraction: Double { share(expected) }
        /// Whether the two forms are so far apart that people should see both.
        package var isDistinctApart: Bool { Self.areApart(expected, distinct) }

        /// So many record-passes as a share of training everything; 0 where nothing would be left to train.
        package func share(_ passes: Double) -> Double { full > 0 ? passes / full : 0 }

        /// Whether the two forms are more than 1 % apart.
        package static func areApart(_ expected: Double, _ distinct: Double?) -> Bool {
            distinct.map { abs($0 - expected) > 0.01 * max(expected, $0) } ?? false
        }
    }

    /// Throws where a number is out of its range, so that no formula sees one.
    package init(records: Int, shards: Int, slices: Int, epochs: Double, requests: Double, isMean: Bool = false)
        throws(CostPlanError)
    {
        guard (1...CostPlanError.maxRecords).contains(records) else { throw .records(records) }
        guard (1...CostPlanError.maxCells).contains(shards), (1...CostPlanError.maxCells).contains(slices),
            shards * slices <= CostPlanError.maxCells
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

    /// K requests repaired together.
    package func batch(_ cost: SISACost) -> Expectation {
        isMean
            ? expectation(cost, cost.batch(poissonMean: requests), distinct: nil)
            : expectation(
                cost, cost.batch(requests: requests), distinct: cost.batchWithoutReplacement(requests: requests))
    }

    /// K requests, each repaired at once.
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

    /// Deviation of one window's cost, from slices of whole records; nil where K is a mean, or no whole number, or
    /// above 100,000 cells.
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

/// One combination of shards and slices, priced, for the choice between them.
package struct CostChoice: Sendable {
    /// The combination and its formulas.
    package let forecast: CostForecast
    /// Expected passes of a window as trained, under the policy that was asked for.
    package let passes: Double
    /// Seconds of a window; nil where nothing tells what a record-pass takes.
    package let seconds: Double?
    /// Of one repair, at the percentile that was asked for; nil where none was.
    package let repairSeconds: Double?
    /// The measured accuracy with so many shards, from 0 to 1.
    package let accuracy: Double?

    /// A priced combination.
    package init(
        forecast: CostForecast, passes: Double, seconds: Double?, repairSeconds: Double?, accuracy: Double?
    ) {
        self.forecast = forecast
        self.passes = passes
        self.seconds = seconds
        self.repairSeconds = repairSeconds
        self.accuracy = accuracy
    }

    /// What a window may cost.
    package struct Limits: Sendable {
        /// Record-passes.
        package var passes: Double?
        /// Seconds.
        package var seconds: Double?
        /// Seconds of one repair.
        package var repairSeconds: Double?

        /// Limits; nil: none.
        package init(passes: Double? = nil, seconds: Double? = nil, repairSeconds: Double? = nil) {
            self.passes = passes
            self.seconds = seconds
            self.repairSeconds = repairSeconds
        }

        /// Whether there is no limit.
        package var isEmpty: Bool { passes == nil && seconds == nil && repairSeconds == nil }
    }

    /// Why a choice was taken.
    package enum Reason: String, Sendable {
        /// Of those within the limits, every one with a measured accuracy: the most accurate.
        case mostAccurate = "most accurate within the limits"
        /// Of those within the limits: the fewest shards, because each costs accuracy and a model an answer; then the
        /// fewest slices.
        case fewestShards = "fewest shards, then fewest slices, within the limits"
    }

    /// Whether the choice is within all limits; what is not known is not.
    package func keeps(_ limits: Limits) -> Bool {
        func within(_ value: Double?, _ limit: Double?) -> Bool {
            guard let limit else { return true }
            return value.map { $0 <= limit } ?? false
        }
        return within(passes, limits.passes) && within(seconds, limits.seconds)
            && within(repairSeconds, limits.repairSeconds)
    }

    /// Index of the choice to take; nil where none keeps the limits.
    package static func recommended(_ choices: [CostChoice], _ limits: Limits) -> (index: Int, reason: Reason)? {
        let kept = choices.indices.filter { choices[$0].keeps(limits) }
        func isCheaper(_ left: Int, _ right: Int) -> Bool {
            let (a, b) = (choices[left].forecast, choices[right].forecast)
            return (a.shards, a.slices, left) < (b.shards, b.slices, right)
        }
        guard let fewest = kept.min(by: isCheaper) else { return nil }
        let accuracies = kept.compactMap { choices[$0].accuracy }
        guard accuracies.count == kept.count, let best = accuracies.max() else { return (fewest, .fewestShards) }
        let accurate = kept.filter { choices[$0].accuracy == best }
        return (accurate.min(by: isCheaper) ?? fewest, .mostAccurate)
    }
}

/// The price of an ensemble: cheap deletions against costly answers (ERASE, definition 4.1).
package enum HolisticCost {
    /// C(M) = (U_M - U_1) / (I_1 - I_M): answers per deletion above which method M is costlier than training one model
    /// again.
    ///
    /// U are costs of a deletion, I of an answer, all in one unit. Nil where answers cost M no more: then it is never
    /// costlier, or always.
    package static func answersPerDeletion(
        deletion: Double, answer: Double, retraining: Double, singleAnswer: Double
    ) -> Double? {
        guard answer > singleAnswer else { return nil }
        return (deletion - retraining) / (singleAnswer - answer)
    }
}
