import ArgumentParser
import Unlearning

struct Add: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take records in, as if they had been there from the start.",
        discussion: """
            Reads files with the columns of the recipe. Records are placed by the same rules as all others, and their \
            shards are trained again from the lowest slice that grew. All or none: an id that is there already changes \
            nothing. A correction is a deletion and an addition. With `deleted_ids: refuse` in the recipe, ids that \
            were deleted stay out.

            EXAMPLES:
              sisa add more.csv --workspace workspaces/reviews
              zcat more.jsonl.gz | sisa add - --format jsonl --workspace workspaces/reviews
              sisa delete review-48134 --workspace workspaces/reviews && sisa add corrected.jsonl --workspace \
            workspaces/reviews
            """)

    @Argument(help: "Files of records; `-`: standard input.", completion: .file())
    var inputs: [String] = []

    @Option(help: "What the files hold: csv, tsv or jsonl. Default: as the recipe or each file's extension says.")
    var format: DataFormat?

    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        if inputs.isEmpty { throw ValidationError("name one or more files of records") }
    }

    func perform() throws {
        let workspace = try options.open()
        let report = try options.withProgress("training") { progress in
            try workspace.add(
                inputs.map { InputFile(named: $0) }, format: format, threads: options.threadCount,
                progress: progress, waiting: options.waiting)
        }
        let answer = AdditionAnswer(report)
        if options.json { return try Console.json(answer) }
        var table = TextTable(header: ["shard", "from slice", "added"])
        table.rows = answer.shards.map { ["\($0.shard)", "\($0.slice)", "\($0.recordsAdded)"] }
        table.print()
        Console.out(
            "added \(answer.recordsAdded) records, trained \(answer.stagesTrained) stages in "
                + "\(answer.seconds.fixed(2)) s")
    }
}
