internal import Engine
package import Foundation
package import Unlearning

/// What somebody asks a plan for, as they write it; what is nil was not said.
package struct CostPlanOptions: Sendable {
    /// Records in all.
    package var records: Int?
    /// Numbers of shards, and of slices, of which every combination is priced.
    package var shards, slices: [Int]?
    /// Passes over all records that the stages of a shard amount to.
    package var epochs: Double?
    /// Requests in one window.
    package var requests: Double?
    /// How often requests come instead, as in 12/day.
    package var rate: String?
    /// How long requests are collected before a repair, as in 7d.
    package var window: String?
    /// Whether each request is repaired at once, instead of all of a window together.
    package var isSequential = false
    /// Bytes of one stored checkpoint.
    package var checkpointBytes: Double?
    /// What a window's repairs may take, in seconds and in record-passes.
    package var budgetSeconds, budgetPasses: Double?
    /// How long one repair may take, as in 1h.
    package var repairWithin: String?
    /// In how many of 100 windows it must.
    package var percentile = 95.0
    /// A file with measured accuracies.
    package var accuracy: InputFile?

    /// Nothing said.
    package init() {}
}

/// Where a plan takes its seconds, and what was not said, from.
package enum CostCalibration: Sendable {
    /// Nowhere: there are no seconds.
    case none
    /// Seconds of a record-pass, as a person gave them.
    case given(Double)
    /// The history of a workspace with so many threads.
    case workspace(Workspace, threads: Int)
    /// A run on the first records of a recipe: its folder or file, data files and a backbone instead of the recipe's.
    case run(recipe: URL, files: [InputFile], backbone: URL?, threads: Int)

    fileprivate func measured() throws -> (rate: CostRate?, recipe: Recipe?, records: Int) {
        switch self {
        case .none: return (nil, nil, 0)
        case .given(let seconds): return (CostRate(source: .given, secondsPerPass: seconds), nil, 0)
        case .workspace(let workspace, let threads):
            return (try workspace.costRate(threads: threads), workspace.recipe, try workspace.status().records)
        case .run(let folder, let files, let backbone, let threads):
            let recipe = try Recipe.load(folder: folder)
            var isFolder: ObjCBool = false
            _ = unsafe FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
            let base = isFolder.boolValue ? folder : folder.deletingLastPathComponent()
            let trial = try TrainingTrial(
                recipe, backbone: backbone ?? recipe.resolve(recipe.backbone, relativeTo: base),
                files: files.isEmpty
                    ? recipe.data.train.map { InputFile(recipe.resolve($0, relativeTo: base)) } : files,
                threads: threads)
            return (CostRate(trial, name: recipe.name), recipe, 0)
        }
    }
}

/// What a plan is asked for, once workspace, recipe and files have been read, with the price of every combination.
package struct CostPlanRequest: Sendable {
    /// The combinations of shards and slices, in the order in which they were asked for.
    package let choices: [CostForecast]
    /// What a record-pass takes; nil where there are no seconds.
    package let rate: CostRate?
    /// Bytes of one stored checkpoint.
    package let checkpointBytes: Double?
    /// Accuracies that somebody measured.
    package let accuracy: AccuracyTable?
    /// What a choice may cost.
    package let limits: CostChoice.Limits
    /// Whether each request is repaired at once.
    package let isSequential: Bool
    /// Whether the number of requests is the mean of a Poisson number.
    package let isMean: Bool
    /// How long requests are collected; nil where their number was given.
    package let windowSeconds: Double?
    /// Of the repairs that the plan tells one duration of, 0 to 100.
    package let percentile: Double
    /// Choices of the workspace or recipe that the formulas for equal slices do not have.
    package let notCounted: [String]
    /// Every combination with its price.
    package private(set) var priced: [CostChoice] = []

    /// Reads what the options and the calibration name, and prices every combination.
    package init(_ options: CostPlanOptions, _ calibration: CostCalibration) throws {
        let (rate, recipe, counted) = try calibration.measured()
        self.rate = rate
        notCounted =
            recipe.map { recipe in
                [
                    recipe.sliceOptions.keep == nil ? nil : "slices.keep",
                    recipe.sliceOptions.orders == 1 ? nil : "slices.orders",
                    recipe.bands.isEmpty ? nil : "placement"
                ].compactMap { $0 }
            } ?? []
        checkpointBytes = options.checkpointBytes ?? rate?.checkpointBytes
        accuracy = try options.accuracy.map { try AccuracyTable($0) }
        limits = CostChoice.Limits(
            passes: options.budgetPasses, seconds: options.budgetSeconds,
            repairSeconds: try options.repairWithin.map { try TimeSpan.seconds($0) })
        isSequential = options.isSequential
        isMean = options.rate != nil
        percentile = options.percentile
        let window = try TimeSpan.seconds(options.window ?? "1d")
        windowSeconds = options.rate == nil ? nil : window
        let requests = try options.rate.map { try TimeSpan.rate($0) * window } ?? options.requests ?? 1
        let shards = options.shards ?? [recipe?.shards ?? 4]
        let slices = options.slices ?? [recipe?.slices ?? 4]
        let (count, overflow) = shards.count.multipliedReportingOverflow(by: slices.count)
        guard !overflow, count <= CostPlanError.maxChoices else { throw CostPlanError.tooManyChoices(count) }
        let cells = shards.flatMap { shards in slices.map { Double(shards) * Double($0) } }.reduce(0, +)
        guard cells <= Double(CostPlanError.maxCellsInAll) else { throw CostPlanError.tooManyChoices(count) }
        choices = try shards.flatMap { shards in
            try slices.map { slices in
                try CostForecast(
                    records: options.records ?? counted, shards: shards, slices: slices,
                    epochs: options.epochs ?? recipe?.epochs ?? 4, requests: requests, isMean: options.rate != nil)
            }
        }
        priced = choices.map(price)
    }

    /// Seconds of so many record-passes; nil where there are none.
    package func seconds(_ passes: Double) -> Double? { rate.map { $0.secondsPerPass * passes } }

    /// The record-passes of one repair at the percentile, of a window or of a single request, and how many windows were
    /// simulated for it; nil where the distribution is exact.
    package func repair(_ forecast: CostForecast, draws: Int = 2_000_000) -> (passes: Double, windows: Int?) {
        let windows =
            isSequential
            ? RepairWindows(singleRequest: forecast.trained)
            : RepairWindows(forecast.trained, requests: forecast.requests, isMean: isMean, draws: draws)
        return (windows.quantile(percentile / 100), windows.simulated)
    }

    /// The record-passes of a window under the policy that was asked for.
    package func expectation(_ forecast: CostForecast, _ cost: SISACost) -> CostForecast.Expectation {
        isSequential ? forecast.sequential(cost) : forecast.batch(cost)
    }

    /// Bytes of all stored checkpoints; nil where it is not known how many one has.
    package func storedBytes(_ forecast: CostForecast) -> Double? {
        checkpointBytes.map { Double(forecast.shards) * Double(forecast.slices) * $0 }
    }

    /// Answers for each deletion above which the ensemble is costlier than one model that is trained again each time, a
    /// model's answer counted as one record-pass; see `HolisticCost`.
    package func breakEvenAnswers(_ forecast: CostForecast) -> Double? {
        HolisticCost.answersPerDeletion(
            deletion: forecast.single, answer: Double(forecast.shards),
            retraining: forecast.epochs * max(0, forecast.paper.records - 1), singleAnswer: 1)
    }

    private func price(_ forecast: CostForecast) -> CostChoice {
        let passes = expectation(forecast, forecast.trained).expected
        let repair = limits.repairSeconds == nil ? nil : self.repair(forecast, draws: 20_000_000 / choices.count).passes
        return CostChoice(
            forecast: forecast, passes: passes, seconds: seconds(passes), repairSeconds: repair.flatMap(seconds),
            accuracy: accuracy?[forecast.shards])
    }
}

/// Lengths of time and rates as people write them.
package enum TimeSpan {
    private static let names: [(names: [String], seconds: Double)] = [
        (["s", "sec", "second", "seconds"], 1), (["m", "min", "minute", "minutes"], 60),
        (["h", "hour", "hours"], 3600), (["d", "day", "days"], 86_400), (["w", "week", "weeks"], 604_800),
        (["mo", "month", "months"], 86_400 * 30.4375), (["y", "year", "years"], 86_400 * 365.25)
    ]

    private static func unit(_ name: some StringProtocol) -> Double? {
        names.first { $0.names.contains(String(name)) }?.seconds
    }

    /// Seconds of "90s", "30m", "1h", "7d", "2w": above 0.
    package static func seconds(_ text: String) throws(CostPlanError) -> Double {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits), number > 0, number.isFinite,
            let unit = unit(text.dropFirst(digits.count)), (number * unit).isFinite
        else { throw .window(text) }
        return number * unit
    }

    /// Requests a second of "12/day": above 0.
    package static func rate(_ text: String) throws(CostPlanError) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Double(parts[0]), number > 0, number.isFinite, let unit = unit(parts[1])
        else { throw .rate(text) }
        return number / unit
    }
}
