import ArgumentParser
import Unlearning

struct Verify: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train again from the records, in an empty folder, and compare every bit.",
        discussion: """
            Through no cache of the workspace: records are placed afresh, every slice is trained from the initial \
            state, and every checkpoint and a set of predictions must be the same to the last bit. Costs as much as \
            the training did. Exits with 65 where anything differs.

            EXAMPLES:
              sisa verify --workspace workspaces/reviews
              sisa verify --workspace workspaces/reviews --shard 2
              sisa verify --workspace /snapshots/monday/reviews --scratch /var/tmp
            """)

    @OptionGroup var options: WorkspaceOptions

    @OptionGroup var place: ScratchOptions

    @Option(help: "Verify this shard only, counted from 1.")
    var shard: Int?

    func perform() throws {
        let (workspace, scratch) = try place.open(options, answers: true)
        let report = try options.withProgress("verifying") { progress in
            try workspace.verify(
                shard: shard.map { Ordinal(number: $0).index }, scratch: scratch, threads: options.threadCount,
                progress: progress, waiting: options.waiting)
        }
        if options.json {
            try Console.json(VerificationAnswer(report, workspace.recipe))
        } else {
            tell(report)
        }
        if !report.isIdentical { throw ExitCode(.faultFound) }
    }

    private func tell(_ report: VerificationReport) {
        if report.isIdentical {
            Console.out(
                "verified: bit-identical (\(report.stages.count) checkpoints, \(report.predictions) predictions, "
                    + "\(report.seconds.fixed(1)) s)")
            return
        }
        for fault in report.faults { Console.out(fault) }
        Console.error(
            "error: not identical; the workspace is unfinished (see `sisa status`; `sisa train` finishes it), or its "
                + "files "
                + "were changed by something else")
    }
}
