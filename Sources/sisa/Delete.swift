import ArgumentParser
import Foundation
import Unlearning

struct Delete: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Forget records exactly: destroy what they touched, and train their shards again.",
        discussion: """
            First the records are forgotten, durably: no answer can use them any more. Then their shards are trained \
            again from the last clean slice. A command that was killed in between is finished by giving it again, or \
            by `sisa repair`. An unknown id changes nothing; with --ignore-unknown the others are deleted. Several \
            records are one request: all or none, and each shard is trained again once. Records with the same text \
            under other ids are told, and taken along with --with-duplicates. The file that the records were read from \
            stays.

            EXAMPLES:
              sisa delete review-48134 --workspace workspaces/reviews --dry-run
              sisa delete review-48134 review-43221 --workspace workspaces/reviews --with-duplicates
              sisa delete --ids erase.txt --defer --workspace workspaces/reviews && sisa repair --workspace \
            workspaces/reviews
              sisa delete --workspace workspaces/complaints -- -48134
              sisa delete --owner 4711 --workspace workspaces/complaints
              sisa delete --where 'date<2020-01-01' --where label=spam --workspace workspaces/complaints
            """)

    @Argument(help: "Ids of the records to forget.")
    var ids: [String] = []

    @Option(
        name: .customLong("ids"),
        help: ArgumentHelp("A file, or a pipe, with one id a line; `-`: standard input.", valueName: "file"),
        completion: .file())
    var idsFile: String?

    @Option(name: .customLong("owner"), help: "Forget all records of this owner. May be given several times.")
    var owners: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            """
            Forget all records that meet a condition: label=NAME, or date and one of = < <= > >= and a date. Several: \
            all must hold.
            """,
            valueName: "condition"))
    var conditions: [String] = []

    @Flag(help: "Forget records with the same text under other ids too.")
    var withDuplicates = false

    @Flag(help: "Pass over ids that no record has, and delete the others. Where no id is known, nothing is deleted.")
    var ignoreUnknown = false

    @Flag(name: .customLong("defer"), help: "Forget now, and leave training the shards again to `sisa repair`.")
    var defersRepair = false

    @Option(
        help:
            "A name for the request, in receipt and log; the same one twice is the same request. Default: a random one."
    )
    var request: String?

    @OptionGroup var options: WorkspaceOptions

    @Flag(help: "Print the plan and its cost; change nothing.")
    var dryRun = false

    func perform() throws {
        let workspace = try dryRun ? options.openToRead() : options.open()
        let request = DeletionRequest(
            ids: try (ids + (idsFile.map(IDList.read) ?? [])).map { RecordID($0) }, owners: owners,
            filters: try conditions.map { try RecordFilter($0, workspace.recipe) }, takesDuplicates: withDuplicates,
            ignoresUnknown: ignoreUnknown, defersRepair: defersRepair, requestID: request)
        let report =
            dryRun
            ? try workspace.planDeletion(request, threads: options.threadCount, waiting: options.waiting)
            : try options.withProgress("repairing") { progress in
                try workspace.delete(
                    request, threads: options.threadCount, progress: progress, waiting: options.waiting)
            }
        if options.json { return try Console.json(DeletionAnswer(report)) }
        if !report.unknown.isEmpty { Console.out("\(report.unknown.count) id(s) passed over, which no record has") }
        if report.isRepeated, let receipt = report.receipt {
            return Console.out("nothing to do: the request was finished before; receipt: \(receipt.path)")
        }
        var table = TextTable(header: [
            "shard", "from slice", "deleted", "records trained again", "record-passes", "share of a full retrain"
        ])
        for shard in report.shards {
            let share =
                report.fullRecordPasses == 0 ? 0 : Double(shard.recordPasses) / Double(report.fullRecordPasses)
            table.rows.append([
                "\(Ordinal(shard.shard))", "\(Ordinal(shard.slice))", "\(shard.recordsDeleted)",
                "\(shard.recordsRetrained)", "\(shard.recordPasses)", share.percent
            ])
        }
        table.print()
        tellDuplicates(report)
        if dryRun {
            if let forecast = report.forecast {
                Console.out(
                    "about \(forecast.seconds(recordPasses: report.recordPasses).fixed(2)) s, "
                        + (forecast.basis == .deletions
                            ? "by what deletions took here" : "by what training took here, and a guess at the rest"))
            }
            Console.out("a dry run: nothing was changed")
        } else if !report.isRepaired {
            Console.out(
                "forgotten after \(report.influenceFreeSeconds.fixed(3)) s; run `sisa repair` to train the shards "
                    + "again, at "
                    + "\(report.fractionOfFullRetrain.percent) of a full retrain's record-passes")
        } else {
            Console.out(
                "forgotten after \(report.influenceFreeSeconds.fixed(3)) s, equal to a full retrain after "
                    + "\(report.seconds.fixed(2)) s, at \(report.fractionOfFullRetrain.percent) of its record-passes")
            if let receipt = report.receipt { Console.out("receipt: \(receipt.path)") }
        }
    }

    private func tellDuplicates(_ report: DeletionReport) {
        guard let left = report.duplicates else {
            return Console.out(
                "whether others have the same text is not known: its text is gone already, or the index is damaged "
                    + "(`sisa repair` mends it)"
            )
        }
        if left.isEmpty { return }
        let some = left.prefix(10).map(\.rawValue).joined(separator: " ") + (left.count > 10 ? " ..." : "")
        Console.out("\(left.count) record(s) with the same text stay: \(some); --with-duplicates takes them along")
    }
}
