import ArgumentParser
import Unlearning

struct Delete: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Forget records exactly: destroy what they touched, and train their shards again.",
        discussion: """
            First the records are forgotten, durably: no answer can use them any more. Then their shards are trained again from the \
            last clean slice. A command that was killed in between is finished by giving it again, or by `sisa train`. An unknown id \
            changes nothing. Only the ids that are named are deleted: the same text under another id stays, and so does the file \
            that the records were read from.

            EXAMPLES:
              sisa delete review-48134 --workspace workspaces/reviews --dry-run
              sisa delete review-48134 review-43221 --workspace workspaces/reviews
            """)

    @Argument(help: "Ids of the records to forget.")
    var ids: [String]

    @OptionGroup var options: WorkspaceOptions

    @Flag(help: "Print the plan and its cost; change nothing.")
    var dryRun = false

    private struct Output: Encodable {
        struct Shard: Encodable {
            let shard, slice, recordsDeleted, stagesRetrained, recordsRetrained, recordPasses: Int
        }
        /// Of the first touched shard; `shards` has them all. Counted from 1.
        let shard, slice: Int
        let recordsDeleted, recordsRetrained, recordPasses, fullRecordPasses: Int
        let fractionOfFullRetrain: Double
        let seconds, influenceFreeSeconds: Double
        let dryRun: Bool
        let shards: [Shard]
    }

    func perform() throws {
        let workspace = try dryRun ? options.openToRead() : options.open()
        let ids = ids.map { RecordID($0) }
        let report =
            dryRun
            ? try workspace.planDeletion(ids)
            : try options.withProgress("repairing") { progress in
                try workspace.delete(
                    ids, threads: options.threadCount, progress: progress, waiting: options.waiting)
            }
        if options.json { return try Console.json(output(report)) }
        var table = TextTable(header: [
            "shard", "from slice", "deleted", "records trained again", "record-passes", "share of a full retrain"
        ])
        for shard in report.shards {
            let share =
                report.fullRecordPasses == 0 ? 0 : Double(shard.recordPasses) / Double(report.fullRecordPasses)
            table.rows.append([
                "\(shard.shard + 1)", "\(shard.slice + 1)", "\(shard.recordsDeleted)",
                "\(shard.recordsRetrained)", "\(shard.recordPasses)", share.percent
            ])
        }
        table.print()
        if dryRun {
            Console.out("a dry run: nothing was changed")
        } else {
            Console.out(
                "forgotten after \(report.influenceFreeSeconds.fixed(3)) s, equal to a full retrain after "
                    + "\(report.seconds.fixed(2)) s, at \(report.fractionOfFullRetrain.percent) of its record-passes")
        }
    }

    private func output(_ report: DeletionReport) -> Output {
        Output(
            shard: (report.shards.first?.shard ?? 0) + 1, slice: (report.shards.first?.slice ?? 0) + 1,
            recordsDeleted: report.recordsDeleted, recordsRetrained: report.recordsRetrained,
            recordPasses: report.recordPasses, fullRecordPasses: report.fullRecordPasses,
            fractionOfFullRetrain: report.fractionOfFullRetrain, seconds: report.seconds,
            influenceFreeSeconds: report.influenceFreeSeconds, dryRun: report.isDryRun,
            shards: report.shards.map {
                Output.Shard(
                    shard: $0.shard + 1, slice: $0.slice + 1, recordsDeleted: $0.recordsDeleted,
                    stagesRetrained: $0.stages, recordsRetrained: $0.recordsRetrained,
                    recordPasses: $0.recordPasses)
            })
    }
}
