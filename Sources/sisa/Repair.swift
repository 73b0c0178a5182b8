import ArgumentParser
import Foundation
import Unlearning

struct Repair: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train again what deletions left to be trained.",
        discussion: """
            Trains the shards of deletions that were deferred, killed or failed, each once from its lowest touched \
            slice. `sisa train` without a recipe does the same, and checks the whole workspace besides.

            EXAMPLES:
              sisa repair --workspace workspaces/reviews
              sisa repair --workspace workspaces/reviews --seconds 600
              sisa repair --workspace workspaces/reviews --record-passes 5000
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(help: "Start no further shard after so many seconds.")
    var seconds: Double?

    @Option(help: "Start no further shard when so many record-passes are spent.")
    var recordPasses: Int?

    func validate() throws {
        if let recordPasses, recordPasses < 0 {
            throw ValidationError("--record-passes is \(recordPasses); give a number from 0 up")
        }
        if let seconds, !(seconds >= 0) { throw ValidationError("--seconds is \(seconds); give a number from 0 up") }
    }

    func perform() throws {
        let workspace = try options.open()
        let report = try options.withProgress("repairing") { progress in
            try workspace.repair(
                within: seconds, recordPasses: recordPasses, threads: options.threadCount, progress: progress,
                waiting: options.waiting)
        }
        if options.json { return try Console.json(RepairAnswer(report)) }
        Console.out(
            report.stagesTrained == 0 && report.shardsLeft == 0
                ? "nothing to repair"
                : "trained \(report.stagesTrained) stages again in \(report.seconds.fixed(2)) s"
                    + (report.shardsLeft == 0 ? "" : "; \(report.shardsLeft) shard(s) wait for the next `sisa repair`"))
        if report.recordsTakenOut > 0 {
            Console.out(
                "\(report.recordsTakenOut) record(s) that the ledger does not know were taken out of their slices: an "
                    + "old backup had brought them back"
            )
        }
        for receipt in report.receipts { Console.out("receipt: \(receipt.path)") }
    }
}
