import ArgumentParser
import Foundation
import Unlearning

struct StatusCommand: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where every shard stands.",
        discussion: """
            retrain-equivalent: every slice is that of a run which saw the present records and no others. \
            influence-free: a stage is missing, so the shard answers from its clean slices, or abstains; `sisa train` \
            finishes it. empty: no records, no vote. damaged: a file of its records is missing (`sisa fsck` names it).
            """)

    @OptionGroup var options: WorkspaceOptions

    func perform() throws {
        let workspace = try options.openToRead()
        let status = try workspace.status()
        let answer = StatusAnswer(workspace, status)
        if options.json { return try Console.json(answer) }
        var table = TextTable(header: ["shard", "records", "per slice", "checkpoints", "KiB", "waiting", "state"])
        for shard in answer.shards {
            let slices = shard.sliceRecords.map(String.init)
            let shown = slices.count > 12 ? slices.prefix(12) + ["..."] : slices[...]
            table.rows.append([
                "\(shard.shard)", "\(shard.records)", shown.joined(separator: " "),
                "\(shard.stagesStored) of \(shard.stagesWanted)", "\(shard.storedBytes / 1024)",
                "\(shard.recordsWaiting)", shard.state
            ])
        }
        table.print()
        if status.featureBytes > 0 {
            Console.out("features of records, kept to save time: \(status.featureBytes / 1024) KiB (`features.budget`)")
        }
        if status.shards.contains(where: { $0.state == .damaged }) {
            Console.out("files of records are missing; `sisa fsck --workspace \(workspace.root.path)` names them")
        }
        if let oldest = status.requests.first {
            Console.out(
                "\(status.requests.count) deletion(s) wait for their repair, the oldest since \(oldest.accepted) "
                    + "(`sisa repair`)"
            )
        } else if status.shards.contains(where: { $0.state == .influenceFree }) {
            Console.out("some shards are not finished; run `sisa train --workspace \(workspace.root.path)`")
        }
    }
}
