import ArgumentParser
import Costs
import Foundation
import Unlearning

struct CostMeasure: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Delete records from a copy of a workspace, and compare what it costs with what was predicted.",
        discussion: """
            The workspace keeps all its records. Deletions run one request after another on a copy that shares its \
            large files; the copy lies in the workspace and is gone in the end. What is measured is kept in \
            costs.jsonl, where `sisa delete --dry-run` and `sisa cost report` find it. docs/cost.md says what each \
            figure means.

            EXAMPLES:
              sisa cost measure --workspace workspaces/reviews
              sisa cost measure --workspace workspaces/reviews --requests 50 --batch 4 --json
              sisa cost measure --workspace workspaces/reviews --trace requests.txt
            """)

    enum Stream: String, ExpressibleByArgument, CaseIterable { case uniform, adversarial, owners, bands }

    @OptionGroup var options: WorkspaceOptions

    @Option(help: "Requests that count.")
    var requests = 20

    @Option(help: "Records, or owners, of one request.")
    var batch = 1

    @Option(
        help: """
            Which records: uniform; adversarial, one of each shard's first slice in turn; owners, all records of one \
            at once; bands, by the probabilities in the recipe's placement.
            """)
    var stream = Stream.uniform

    @Option(
        help: "A recorded stream: a file with the ids of one request a line, apart by tabs. `-`: standard input.",
        completion: .file())
    var trace: String?

    @Option(help: "Deletions before the ones that count.")
    var warmup = 3

    @Option(help: "Draws other records.")
    var seed: UInt64 = 1

    func validate() throws {
        for (name, value, lowest) in [("requests", requests, 1), ("batch", batch, 1), ("warmup", warmup, 0)]
        where value < lowest || value > 1_000_000 {
            throw ValidationError("--\(name) is \(value); give a number from \(lowest) to 1000000")
        }
    }

    func perform() throws {
        let workspace = try options.open(answers: true)
        var plan = Workspace.MeasurementPlan()
        plan.stream =
            switch stream {
            case .uniform: .uniform
            case .adversarial: .adversarial
            case .owners: .owners
            case .bands: .bands
            }
        if let trace {
            plan.stream = .trace(
                try IDList.read(trace).map { $0.split(separator: "\t").map { RecordID(String($0)) } }
                    .filter { !$0.isEmpty })
        }
        (plan.requests, plan.batch, plan.warmup, plan.seed) = (requests, batch, warmup, seed)
        let measurement = try workspace.measure(
            plan, threads: options.threadCount,
            progress: { done, total in
                if Console.errorIsTerminal || done == total { Console.note("\(done) of \(total) requests") }
            }, waiting: options.waiting)
        if options.json {
            return try Console.json(
                MeasurementAnswer(
                    measurement, stream: trace == nil ? stream.rawValue : "trace", batch: batch,
                    threads: options.threadCount))
        }
        tell(measurement)
    }

    private func tell(_ measurement: CostMeasurement) {
        var table = TextTable(header: [
            "shard", "from slice", "deleted", "record-passes", "expected", "seconds", "foretold", "forgotten ms",
            "MiB written"
        ])
        for deletion in measurement.deletions {
            table.rows.append([
                deletion.shards.map { "\($0.shard + 1)" }.joined(separator: " "),
                deletion.shards.map { "\($0.slice + 1)" }.joined(separator: " "), "\(deletion.records)",
                "\(deletion.cost.recordPasses)", deletion.expected.map { $0.expected.fixed(1) } ?? "-",
                deletion.cost.seconds.fixed(3), deletion.plannedSeconds.map { $0.fixed(3) } ?? "-",
                deletion.cost.influenceFreeSeconds.map { ($0 * 1000).fixed(1) } ?? "-",
                deletion.cost.writtenBytes.map { (Double($0) / 1_048_576).fixed(2) } ?? "-"
            ])
        }
        table.print()
        let observed = Double(measurement.observedRecordPasses)
        for (name, estimate) in [
            ("expected before the first", measurement.expected),
            ("expected request by request", measurement.expectedStepByStep)
        ] {
            guard let estimate else { continue }
            let apart = estimate.standardError > 0 ? abs(observed - estimate.expected) / estimate.standardError : 0
            Console.out(
                "\(name): \(estimate.expected.fixed(1)) record-passes (standard error "
                    + "\(estimate.standardError.fixed(1))); "
                    + "observed \(measurement.observedRecordPasses), \(apart.fixed(2)) standard errors away")
        }
        if measurement.expected == nil {
            Console.out(
                "observed \(measurement.observedRecordPasses) record-passes; planned by dry runs "
                    + "\(measurement.deletions.reduce(0) { $0 + $1.plannedRecordPasses })")
        }
        measurement.line?.tell(
            more: measurement.processorLine.map { "; of processor time \($0.rSquared.fixed(4))" } ?? "")
        if measurement.timesPredicted > 0 {
            Console.out(
                "seconds foretold within a fifth: \(measurement.timesRight) of \(measurement.timesPredicted)")
        }
    }
}
