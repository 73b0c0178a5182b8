import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

@Suite struct CostForecastTests {
    @Test func aForecastHasBothPoliciesAndBothWaysOfCounting() throws {
        let forecast = try CostForecast(records: 250_000, shards: 20, slices: 50, epochs: 1, requests: 8)
        #expect(abs(forecast.batch(forecast.paper).expected - 59_084.7) < 0.0501)
        #expect(abs(forecast.sequential(forecast.paper).expected - 67_324.4) < 0.0501)
        let fraction = forecast.batch(forecast.paper).fraction
        #expect(abs(fraction - forecast.paper.batch(requests: 8) / (250_000 - 8)) < 1e-12)
        // 50 stages that take their own slice in full, of which the paper counts 2 / 51.
        #expect(forecast.differs)
        let own = forecast.trained.full(requests: 8) - forecast.paper.full(requests: 8)
        #expect(abs(own - (250_000 - 8) * (1 - 2.0 / 51)) < 1e-6)
        let many = try CostForecast(records: 1000, shards: 5, slices: 3, epochs: 2, requests: 1)
        #expect(!many.differs && many.batch(many.trained) == many.batch(many.paper))
    }

    /// As stages are trained: their own count of visits, on the average over keys.
    @Test func trainedPassesAreThoseOfStages() throws {
        var recipe = try ToyWorld(folder: TestData.root).recipe
        (recipe.shards, recipe.slices, recipe.epochs) = (1, 6, 1.5)
        let weights = PassWeights.trained(epochs: 1.5, slices: 6)
        let cost = GeneralCost(slices: [[40, 10, 0, 25, 30, 20]], weights: weights)
        var generator = SeededGenerator(seed: 3)
        var found = RunningMean()
        for _ in 0..<400 {
            let planRecords = cost.slices[0].enumerated().flatMap { slice, count in
                (0..<count).map {
                    PlanRecord(
                        id: RecordID("\(slice) \($0)"), cell: Cell(shard: 0, slice: slice), rank: generator.next())
                }
            }
            let passes = (0..<6).map { Stage($0, of: recipe, shard: 0).recordPasses(planRecords) }
            found.add(Double(passes.reduce(0, +)))
        }
        #expect(abs(found.mean - cost.full) < 4 * found.standardError)
        #expect(found.standardError < 0.01 * cost.full)
    }

    @Test func numbersOutOfRangeAreRefused() {
        for (records, shards, slices, epochs, requests) in [
            (0, 1, 1, 1.0, 1.0), (-5, 1, 1, 1, 1), (.max, 1, 1, 1, 1), (10, 0, 1, 1, 1), (10, 1, -1, 1, 1),
            (10, .max, .max, 1, 1), (10, 1001, 1000, 1, 1), (10, 1, 1, 0, 1), (10, 1, 1, .nan, 1),
            (10, 1, 1, 20_000, 1),
            (10, 1, 1, 1, 0), (10, 1, 1, 1, 11), (10, 1, 1, 1, .nan), (10, 1, 1, 1, .infinity), (10, 1, 1, 1, -1)
        ] {
            #expect(throws: CostPlanError.self) {
                try CostForecast(records: records, shards: shards, slices: slices, epochs: epochs, requests: requests)
            }
        }
    }

    @Test func aWindowsRepairIsDistributedAsRandomStreamsAre() throws {
        let (s, r, k) = (4, 5, 6)
        let cost = SISACost(records: 20_000, shards: s, slices: r, epochs: 2)
        let windows = RepairWindows(cost, requests: Double(k), isMean: false)
        var stream = CostStream(
            sizes: [[Int]](repeating: [Int](repeating: 1000, count: r), count: s), weights: cost.weights,
            skipsEmpty: false, seed: 9)
        var found: [Double] = []
        for _ in 0..<4000 { stream.run(k) { request, batch, _ in if request == k { found.append(batch) } } }
        found.sort()
        for share in [0.25, 0.5, 0.75, 0.9, 0.95] {
            // By share, because costs come in steps: how many streams are at most at the quantile.
            let quantile = windows.quantile(share) + 10
            let below = Double(found.count { $0 <= quantile }) / 4000
            #expect(below > share - 0.04, "\(share) \(below)")
            let strictly = Double(found.count { $0 < quantile - 20 }) / 4000
            #expect(strictly < share + 0.04, "\(share) \(strictly)")
        }
        #expect(windows.simulated != nil)
    }

    @Test func oneRequestsRepairIsCountedExactly() {
        let cost = SISACost(records: 1200, shards: 3, slices: 4, epochs: 2)
        let windows = RepairWindows(singleRequest: cost)
        #expect(windows.simulated == nil)
        for (share, slice) in [(0.25, 4), (0.5, 3), (0.51, 2), (0.75, 2), (0.76, 1), (1, 1)] {
            let passes = cost.restart(slice: slice) - cost.passes(slice: slice)
            #expect(abs(windows.quantile(share) - passes) < 1e-9)
        }
    }

    /// The fast way for many requests agrees with drawing every one of them.
    @Test func windowsOfManyRequestsAreDrawnShardByShard() {
        let cost = SISACost(records: 10_000_000, shards: 1000, slices: 40, epochs: 3)
        let (few, many) = (
            RepairWindows(cost, requests: 20_000, isMean: true), RepairWindows(cost, requests: 20_001, isMean: true)
        )
        for share in [0.1, 0.5, 0.9] { #expect(abs(few.quantile(share) / many.quantile(share) - 1) < 0.01) }
        let mean = cost.batch(requests: 20_001)
        #expect(abs(many.quantile(0.5) / mean - 1) < 0.01)
    }

    @Test func lengthsOfTimeAndRates() throws {
        for (text, seconds) in [
            ("90s", 90.0), ("30m", 1800), ("1h", 3600), ("7d", 604_800), ("2w", 1_209_600), ("1.5h", 5400),
            ("1day", 86_400)
        ] {
            #expect(try TimeSpan.seconds(text) == seconds)
        }
        #expect(try TimeSpan.rate("12/day") == 12.0 / 86_400 && TimeSpan.rate("0.5/week") == 0.5 / 604_800)
        #expect(try abs(TimeSpan.rate("12/month") / TimeSpan.rate("144/year") - 1) < 1e-12)
        for text in ["", "h", "0h", "-1h", "1", "1x", "nanh", "1e999d", "1 h", "1..h", "٣h"] {
            #expect(throws: CostPlanError.self) { try TimeSpan.seconds(text) }
        }
        for text in ["", "12", "/day", "12/", "0/day", "-1/day", "nan/day", "inf/day", "12/day/day", "12/blue"] {
            #expect(throws: CostPlanError.self) { try TimeSpan.rate(text) }
        }
    }

    /// A window whose requests are a Poisson number costs the mean over that number, not the cost of its mean.
    @Test(arguments: [(5, 1, 0.1), (5, 4, 2.0), (20, 10, 8.0)])
    func aRateIsPricedOverAllNumbersOfRequests(shards: Int, slices: Int, mean: Double) throws {
        let cost = SISACost(records: 250_000, shards: shards, slices: slices, epochs: 2)
        var (probability, batch, sequential) = (exp(-mean), 0.0, 0.0)
        for requests in 1...200 {
            probability *= mean / Double(requests)
            batch += probability * cost.batch(requests: Double(requests))
            sequential += probability * cost.sequential(requests: Double(requests))
        }
        let plan = try CostForecast(
            records: 250_000, shards: shards, slices: slices, epochs: 2, requests: mean, isMean: true)
        #expect(abs(plan.batch(cost).expected - batch) < 1e-6 * batch)
        #expect(abs(plan.sequential(cost).expected - sequential) < 1e-6 * sequential)
        #expect(plan.batch(cost).expected <= plan.sequential(cost).expected)
    }
}
