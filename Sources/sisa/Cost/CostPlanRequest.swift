import Engine
import Foundation
import Unlearning

/// What a plan is asked for, once workspace, recipe and files have been read.
struct CostPlanRequest {
    let choices: [CostForecast]
    let rate: CostRate?
    let adapterBytes: Double?
    let accuracy: AccuracyTable?
    let limits: CostChoice.Limits
    let isSequential: Bool
    let isMean: Bool
    let windowSeconds: Double?
    let percentile: Double
    /// Choices of the workspace or recipe that the formulas for equal slices do not have.
    let notCounted: [String]
    /// Every combination with its price.
    private(set) var priced: [CostChoice] = []

    init(_ command: CostPlan) throws {
        let (rate, recipe, counted) = try Self.measured(command)
        self.rate = rate
        notCounted =
            recipe.map { recipe in
                [
                    recipe.sliceOptions.keep == nil ? nil : "slices.keep",
                    recipe.sliceOptions.orders == 1 ? nil : "slices.orders",
                    recipe.bands.isEmpty ? nil : "placement"
                ].compactMap { $0 }
            } ?? []
        adapterBytes = command.adapterBytes ?? rate?.checkpointBytes
        accuracy = try command.accuracy.map { try AccuracyTable(InputFile(named: $0)) }
        limits = CostChoice.Limits(
            passes: command.budgetPasses, seconds: command.budgetSeconds,
            repairSeconds: try command.repairWithin.map { try TimeSpan.seconds($0) })
        isSequential = command.sequential
        isMean = command.rate != nil
        percentile = command.percentile
        let window = try TimeSpan.seconds(command.window ?? "1d")
        windowSeconds = command.rate == nil ? nil : window
        let requests = try command.rate.map { try TimeSpan.rate($0) * window } ?? command.requests ?? 1
        let shards = command.shards?.values ?? [recipe?.shards ?? 4]
        let slices = command.slices?.values ?? [recipe?.slices ?? 4]
        let (count, overflow) = shards.count.multipliedReportingOverflow(by: slices.count)
        guard !overflow, count <= CostPlanError.mostChoices else { throw CostPlanError.tooManyChoices(count) }
        let cells = shards.flatMap { shards in slices.map { Double(shards) * Double($0) } }.reduce(0, +)
        guard cells <= Double(CostPlanError.mostCellsInAll) else { throw CostPlanError.tooManyChoices(count) }
        choices = try shards.flatMap { shards in
            try slices.map { slices in
                try CostForecast(
                    records: command.records ?? counted, shards: shards, slices: slices,
                    epochs: command.epochs ?? recipe?.epochs ?? 4, requests: requests, isMean: command.rate != nil)
            }
        }
        priced = choices.map(price)
    }

    private static func measured(_ command: CostPlan) throws -> (rate: CostRate?, recipe: Recipe?, records: Int) {
        let threads = command.threads ?? Processors.available
        if let path = command.workspace {
            let workspace = try Workspace(at: URL(filePath: path), .read).telling()
            return (try workspace.costRate(threads: threads), workspace.recipe, try workspace.status().records)
        }
        guard let path = command.calibrate else {
            return (command.secondsPerPass.map { CostRate(source: .given, secondsPerPass: $0) }, nil, 0)
        }
        let folder = URL(filePath: path)
        let recipe = try Recipe.load(folder: folder)
        var isFolder: ObjCBool = false
        _ = unsafe FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
        let base = isFolder.boolValue ? folder : folder.deletingLastPathComponent()
        let files =
            command.data.isEmpty
            ? recipe.data.train.map { InputFile(recipe.resolve($0, relativeTo: base)) }
            : command.data.map { InputFile(named: $0) }
        let rate = try CostRate.measure(
            recipe, name: recipe.name,
            backbone: command.backbone.map { URL(filePath: $0) }
                ?? recipe.resolve(recipe.backbone, relativeTo: base), files: files,
            threads: threads)
        return (rate, recipe, 0)
    }

    /// Seconds of so many passes; nil where the machine was not measured.
    func seconds(_ passes: Double) -> Double? { rate.map { $0.secondsPerPass * passes } }

    /// The passes of one repair at the percentile: of a window, or of a single request.
    func repair(_ forecast: CostForecast, draws: Int = 2_000_000) -> (passes: Double, windows: Int?) {
        let windows =
            isSequential
            ? RepairWindows(singleRequest: forecast.trained)
            : RepairWindows(forecast.trained, requests: forecast.requests, isMean: isMean, draws: draws)
        return (windows.quantile(percentile / 100), windows.simulated)
    }

    func expectation(_ forecast: CostForecast, _ cost: SISACost) -> CostForecast.Expectation {
        isSequential ? forecast.sequential(cost) : forecast.batch(cost)
    }

    private func price(_ forecast: CostForecast) -> CostChoice {
        let passes = expectation(forecast, forecast.trained).expected
        let repair = limits.repairSeconds == nil ? nil : self.repair(forecast, draws: 20_000_000 / choices.count).passes
        return CostChoice(
            forecast: forecast, passes: passes, seconds: seconds(passes), repairSeconds: repair.flatMap(seconds),
            accuracy: accuracy?[forecast.shards])
    }
}
