import ArgumentParser
import Costs
import Engine
import Foundation
import Unlearning

struct CostPlan: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Predict what deletions will cost, and choose shards and slices by it.",
        discussion: """
            Counts the record-passes that a window of uniform deletion requests is expected to cost, beside training \
            everything again: repaired together (batch) and each at once (sequential). With several numbers of shards \
            or slices it shows a table; with a budget or --repair-within it recommends one. Numbers that are not given \
            are those of the workspace or recipe that it calibrates by, else of a recipe that names none: 4 shards, 4 \
            slices, 4 epochs. Nothing is changed. The formulas draw requests with replacement; where different records \
            cost more than 1 % more or less, a line says what those cost.

            EXAMPLES:
              sisa cost plan --records 250000 --shards 20 --slices 50 --epochs 1 --requests 8
              sisa cost plan --records 10003 --shards 5,10,20 --slices 1,5,20 --rate 12/day --window 7d \\
                --workspace workspaces/banking77 --repair-within 1h --percentile 95
              sisa cost plan --records 10003 --calibrate shards/banking77 --data train.csv --budget-seconds 60 \
            --shards 5,10,20
              sisa cost plan --explain-paper
            """)

    @Option(help: "Records in all. Default: those of the workspace.")
    var records: Int?

    @Option(help: "Numbers of shards, with commas between them.")
    var shards: WholeNumbers?

    @Option(help: "Numbers of slices, with commas between them.")
    var slices: WholeNumbers?

    @Option(help: "Passes over all records that the stages of a shard amount to; may be fractional.")
    var epochs: Double?

    @Option(help: "Deletion requests in one window. Default: 1.")
    var requests: Double?

    @Option(help: "Or how often they come: 12/day; also hour, week, month, year.")
    var rate: String?

    @Option(help: "How long requests are collected before a repair, with --rate: 90s, 30m, 1h, 7d. Default: 1d.")
    var window: String?

    @Flag(help: "Plan for repairing after each request instead of once a window.")
    var sequential = false

    @Option(help: "Seconds that a record-pass takes here.")
    var secondsPerPass: Double?

    @Option(
        name: [.short, .long], help: "Take that from the ledger of a trained workspace.", completion: .directory)
    var workspace: String?

    @Option(help: "Measure it, on the first records of this recipe folder.", completion: .directory)
    var calibrate: String?

    @Option(
        name: .long, parsing: .upToNextOption, help: "Data files for --calibrate, instead of the recipe's.",
        completion: .file())
    var data: [String] = []

    @Option(help: "The backbone's folder for --calibrate, instead of the recipe's.", completion: .directory)
    var backbone: String?

    @Option(help: "Threads for --calibrate. Default: all processors that the process may use.")
    var threads: Int?

    @Option(help: "Bytes of one stored checkpoint. Default: as calibrated.")
    var adapterBytes: Double?

    @Option(help: "Seconds that a window's repairs may take.")
    var budgetSeconds: Double?

    @Option(help: "Record-passes that a window's repairs may take.")
    var budgetPasses: Double?

    @Option(help: "How long one repair may take, from the end of its window: 90s, 30m, 1h.")
    var repairWithin: String?

    @Option(help: "In how many of 100 windows it must.")
    var percentile = 95.0

    @Option(
        help: "Accuracies that you measured: CSV with the columns shards and accuracy, or a JSON list of such objects.",
        completion: .file())
    var accuracy: String?

    @Flag(help: "Show the factors behind the savings that the SISA paper names.")
    var explainPaper = false

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        let positive: [(String, Double?)] = [
            ("--seconds-per-pass", secondsPerPass), ("--adapter-bytes", adapterBytes),
            ("--budget-seconds", budgetSeconds),
            ("--budget-passes", budgetPasses)
        ]
        for (name, value) in positive {
            if let value, !(value > 0 && value <= 1e18) {
                throw ValidationError("\(name) is \(value); give a number above 0")
            }
        }
        if let threads, threads < 1 || threads > 1024 {
            throw ValidationError("--threads is \(threads); give a number from 1 to 1024")
        }
        if !(percentile > 0 && percentile < 100) {
            throw ValidationError("--percentile is \(percentile); give a number between 0 and 100")
        }
        if requests != nil, rate != nil { throw ValidationError("--requests and --rate were given; use one of them") }
        if rate == nil, window != nil { throw ValidationError("--window goes with --rate, as in --rate 12/day") }
        let sources = [secondsPerPass != nil, workspace != nil, calibrate != nil].filter { $0 }.count
        if sources > 1 {
            throw ValidationError("use one of --seconds-per-pass, --workspace and --calibrate")
        }
        if calibrate == nil, !data.isEmpty || backbone != nil || threads != nil {
            throw ValidationError("--data, --backbone and --threads go with --calibrate")
        }
        if sources == 0, budgetSeconds != nil || repairWithin != nil {
            throw ValidationError(
                "for a limit in seconds, give --seconds-per-pass, --workspace or --calibrate, so that passes can be "
                    + "turned into time"
            )
        }
        if records == nil, workspace == nil, !explainPaper {
            throw ValidationError("give --records, or a --workspace that has some")
        }
    }

    func perform() throws {
        if records == nil, workspace == nil {
            return try json ? Console.json(PaperAnswer.all) : PaperAnswer.tell()
        }
        let request = try CostPlanRequest(options, calibration())
        let answer = CostPlanAnswer(request)
        if json { return try Console.json(answer) }
        answer.tell(request)
        if explainPaper {
            Console.out("")
            PaperAnswer.tell()
        }
    }

    private var options: CostPlanOptions {
        var options = CostPlanOptions()
        (options.records, options.shards, options.slices) = (records, shards?.values, slices?.values)
        (options.epochs, options.requests, options.rate, options.window) = (epochs, requests, rate, window)
        (options.isSequential, options.percentile, options.checkpointBytes) = (sequential, percentile, adapterBytes)
        (options.budgetSeconds, options.budgetPasses, options.repairWithin) = (
            budgetSeconds, budgetPasses, repairWithin
        )
        options.accuracy = accuracy.map { InputFile(named: $0) }
        return options
    }

    private func calibration() throws -> CostCalibration {
        let threads = threads ?? Processors.available
        if let workspace {
            return .workspace(try Workspace(at: URL(filePath: workspace), .read).telling(), threads: threads)
        }
        if let calibrate {
            return .run(
                recipe: URL(filePath: calibrate), files: data.map { InputFile(named: $0) },
                backbone: backbone.map { URL(filePath: $0) }, threads: threads)
        }
        return secondsPerPass.map { .given($0) } ?? .none
    }
}

/// Whole numbers with commas between them, as in 5,10,20.
struct WholeNumbers: ExpressibleByArgument {
    let values: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let values = parts.compactMap { $0 }
        guard values.count == parts.count, !values.isEmpty else { return nil }
        var seen = Set<Int>()
        self.values = values.filter { seen.insert($0).inserted }
    }
}
