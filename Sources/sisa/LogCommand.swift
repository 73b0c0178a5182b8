import ArgumentParser
import Foundation
import Unlearning

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show and check the log of ingests, trainings and deletions.",
        subcommands: [LogList.self, LogConsistency.self, LogReplay.self], defaultSubcommand: LogList.self)
}

struct LogList: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what happened, in order.",
        discussion: """
            EXAMPLES:
              sisa log --workspace workspaces/reviews
              sisa log list --workspace workspaces/reviews --json
            """)

    @OptionGroup var options: WorkspaceOptions

    func perform() throws {
        let entries = try options.openToExamine().logEntries()
        if options.json { return try Console.json(entries) }
        var table = TextTable(header: ["entry", "time", "event", "request", "shards"])
        table.rows = entries.enumerated().map { index, entry in
            let shards = (entry.shards ?? []).map { "\($0.shard)" }
            return [
                "\(index)", entry.time, entry.event.rawValue, entry.request ?? "",
                shards.count > 12 ? "\(shards.count) of them" : shards.joined(separator: " ")
            ]
        }
        table.print()
    }
}

struct LogConsistency: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency",
        abstract: "Check that nothing was changed in the log, taken from it, or put in between.",
        discussion: """
            Computes the hash tree anew from all entries and compares it with the signed head, the ledger, and the \
            receipts in the workspace. Whoever holds both key and disk can rewrite a log as a whole: what shows that \
            is a head, or a receipt, kept somewhere else; name it with --since. Exits with 65 where anything is wrong.

            EXAMPLES:
              sisa log consistency --workspace workspaces/reviews
              sisa log consistency --workspace workspaces/reviews --since /safe/place/checkpoint
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(
        name: .long, parsing: .upToNextOption,
        help: "Signed heads (copies of log/checkpoint) or receipts of earlier days.",
        completion: .file())
    var since: [String] = []

    func perform() throws {
        for path in since { try InputFile(URL(filePath: path)).check() }
        let checkup = try options.openToExamine().checkLog(
            since: since.map { URL(filePath: $0) }, waiting: options.waiting)
        if options.json {
            try Console.json(LogConsistencyAnswer(checkup))
        } else if checkup.isConsistent {
            Console.out("consistent: \(checkup.entries) entries, compared with \(checkup.compared) heads and receipts")
        } else {
            for fault in checkup.faults { Console.error("error: \(fault)") }
        }
        if !checkup.isConsistent { throw ExitCode(.faultFound) }
    }
}

struct LogReplay: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Delete again what the log knows and a workspace restored from an old copy does not.",
        discussion: """
            Which records they were, only the receipts tell: those in the workspace are used, and those named here. \
            Where the log was set back together with the records, whatever this workspace's own receipts are about is \
            deleted again too. Exits with 65 where a receipt that is named is not done with: it is of another \
            workspace, or nobody can tell by it what to delete, or a record that it is about was added again. Then the \
            ids of records that are here, and the command that deletes them, are printed.

            EXAMPLES:
              sisa log replay --workspace workspaces/reviews /safe/place/receipts/*.json
            """)

    @Argument(help: "Receipts of the deletions.", completion: .file())
    var receipts: [String] = []

    @OptionGroup var options: WorkspaceOptions

    func perform() throws {
        for path in receipts { try InputFile(URL(filePath: path)).check() }
        let workspace = try options.open()
        let report = try options.withProgress("repairing") { progress in
            try workspace.replay(
                receipts.map { URL(filePath: $0) }, threads: options.threadCount, progress: progress,
                waiting: options.waiting)
        }
        if options.json {
            try Console.json(ReplayAnswer(report))
        } else {
            tell(report)
        }
        if !report.left.isEmpty { throw ExitCode(.faultFound) }
    }

    private func tell(_ report: ReplayReport) {
        if report.entries > 0 || report.recordsDeleted > 0 {
            Console.out("replayed \(report.entries) entries: \(report.recordsDeleted) record(s) deleted again")
        } else if report.left.isEmpty {
            Console.out(
                "nothing to replay: the workspace knows all entries of its log"
                    + (receipts.isEmpty ? "" : ", and has no record that a named receipt is about"))
        }
        for receipt in report.receipts { Console.out("receipt: \(receipt.path)") }
        if report.additions > 0 {
            Console.out(
                "\(report.additions) addition(s) of records are lost with the newer copy; add them again with `sisa "
                    + "add`"
            )
        }
        for left in report.left { Console.error("error: \(left)") }
    }
}
