import ArgumentParser
import Costs
import Engine
import Foundation
import Unlearning

struct CostSimulate: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play streams of deletion requests over months.",
        discussion: """
            Needs no workspace. Requests are forgotten when they come; what is simulated is what is trained again, and \
            how long shards
            wait for it. Streams: uniform, exponential[:RATE], pareto[:SHAPE], owners[:SHAPE], aged[:HALFLIFE], \
            adversarial, or a
            recorded file with --trace. Policies: immediate, count:K, window:6h, deadline:1d (times end in s, m, h, d \
            or w).
            docs/cost.md defines them.

            EXAMPLES:
              sisa cost simulate --records 250000 --shards 20 --slices 50 --requests 8 --policy count:8
              sisa cost simulate --records 1000000 --shards 20 --slices 5 --rate 40/day --months 6 --policy window:1d
              sisa cost simulate --records 50000 --shards 10 --slices 5 --trace requests.csv --csv course.csv --svg \
            course.svg
            """)

    @Option(help: "Records before the first request.")
    var records: Int

    @Option(help: "Shards.")
    var shards: Int

    @Option(help: "Slices of a shard.")
    var slices: Int

    @Option(help: "Epochs that a shard without slices would take.")
    var epochs: Double = 1

    @Option(help: "How stages count: `trained`, as sisa trains, or `paper`.")
    var weights: Weights = .paper

    @Option(help: "Requests in all. With --rate, how long they come follows.")
    var requests: Int?

    @Option(help: "How often they come: 40/day; also hour, week, month, year.")
    var rate: String?

    @Option(help: "How long requests come, in days.")
    var days: Double?

    @Option(help: "The same in months of 30.44 days; 12 where nothing says how long.")
    var months: Double?

    @Option(help: "How requests come: `poisson`, at random, or `even`.")
    var arrivals: SimulationSettings.Arrivals = .poisson

    @Option(
        help: "Who asks: uniform, exponential[:RATE], pareto[:SHAPE], owners[:SHAPE], aged[:HALFLIFE] or adversarial.")
    var stream: String = "uniform"

    @Option(
        help: "A .csv, .tsv or .jsonl file of requests: `time`, and `record`, `id` or `owner`.", completion: .file())
    var trace: String?

    @Option(help: "A request for a record that is gone: `redraw` another, or `ignore` it.")
    var repeats: SimulationSettings.Repeats = .redraw

    @Option(help: "Where records are: `equal` cells, `hashed` as sisa does, `ordered` by number, `owners` together.")
    var placement: SimulatedPlacement.Kind = .equal

    @Option(
        help: """
            When repairs begin: immediate, count:K, window:TIME or deadline:TIME. One a run; the same --seed \
            compares them.
            """
    )
    var policy: String = "immediate"

    @Option(help: "Shards that are repaired at once.")
    var workers: Int = 1

    @Option(help: "Seconds of a record-pass.")
    var secondsPerPass: Double = 0.001

    @Option(help: "Seconds of a repair beside its record-passes.")
    var secondsPerRepair: Double = 0

    @Option(help: "Independent runs; from two on there are 95 % confidence intervals.")
    var runs: Int = 20

    @Option(help: "The same seed gives the same result.")
    var seed: UInt64 = 1

    @Option(help: "Write the course of every run into this file.", completion: .file())
    var csv: String?

    @Option(help: "Draw record-passes and queue over time into this file.", completion: .file())
    var svg: String?

    @OptionGroup var console: ConsoleOptions

    enum Weights: String, CaseIterable, ExpressibleByArgument {
        case trained
        case paper
    }

    func perform() throws {
        try PlainFile.check([csv, svg])
        let simulation = Simulation(
            try settings(), series: csv != nil || svg != nil, threads: Processors.available)
        if let csv { try PlainFile.write(SimulationSeries(simulation).csv, to: csv) }
        if let svg { try PlainFile.write(SimulationPicture(simulation).svg(), to: svg) }
        let output = SimulationAnswer(simulation)
        if json { try Console.json(output) } else { output.print() }
    }

    private func settings() throws -> SimulationSettings {
        if days != nil, months != nil { throw SimulationError.twoDurations }
        let seconds = days.map { $0 * 86_400 } ?? months.map { $0 * SimulationSettings.daysPerMonth * 86_400 }
        let shape = SimulationSettings.Shape(records: records, shards: shards, slices: slices, epochs: epochs)
        // Checked before a trace is read against them.
        try shape.check()
        return try SimulationSettings(
            shape,
            weights: weights == .paper
                ? .paper(epochs: epochs, slices: slices) : .trained(epochs: epochs, slices: slices),
            law: try trace.map { .trace(try RequestTrace(file: $0, records: records)) } ?? RequestLaw(text: stream),
            volume: .init(
                requests: requests,
                perDay: try rate.map { text throws(SimulationError) in try SimulationSettings.perDay(text) },
                seconds: seconds),
            arrivals: arrivals, repeats: repeats, placement: placement, policy: try RepairPolicy(text: policy),
            service: .init(workers: workers, secondsPerPass: secondsPerPass, secondsPerRepair: secondsPerRepair),
            runs: runs, seed: seed)
    }
}

extension SimulationSettings.Arrivals: ExpressibleByArgument {}
extension SimulationSettings.Repeats: ExpressibleByArgument {}
extension SimulatedPlacement.Kind: ExpressibleByArgument {}
