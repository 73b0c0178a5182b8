import ArgumentParser
import Unlearning

struct Predict: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label texts with the ensemble of all shards.",
        discussion: """
            EXAMPLES:
              sisa predict --workspace workspaces/reviews "It worked wonders for me." --explain
              sisa predict --input texts.txt --json
              cut -f 3 letters.tsv | sisa predict --input -
              sisa predict -- "-5 degrees tonight"
            """)

    @Argument(help: "Texts to label, each in quotes.")
    var texts: [String] = []

    @OptionGroup var options: WorkspaceOptions

    @Option(
        help:
            """
            A file of texts: .txt with one a line, or .csv, .tsv, .jsonl with the recipe's text column; `-`: standard \
            input.
            """,
        completion: .file())
    var input: String?

    @Option(
        help:
            """
            What --input holds: txt, csv, tsv or jsonl. Default: txt for .txt and `-`, else as the recipe or the \
            extension says.
            """
    )
    var format: TextsToLabel.Format?

    @Flag(help: "Show each shard's vote.")
    var explain = false

    func perform() throws {
        if texts.isEmpty, input == nil { throw UsageError.noText }
        if !texts.isEmpty, input != nil { throw UsageError.textAndInput }
        if format != nil, input == nil { throw UsageError.formatWithoutFile(option: "--input") }
        let workspace = try options.openToRead()
        let (ids, texts) =
            try input.map { try TextsToLabel.read(InputFile(named: $0), format, workspace.recipe) } ?? ([], texts)
        if let empty = texts.firstIndex(of: "") { throw UsageError.emptyText(number: Ordinal(empty).number) }
        let predictions = try workspace.predict(
            texts, votes: explain, threads: options.threadCount, progress: ProgressLine("predicting").sink)
        let answers = predictions.enumerated().map { index, prediction in
            PredictionAnswer(
                prediction, index: index, id: ids.isEmpty ? nil : ids[index], labels: workspace.recipe.labels,
                votes: explain)
        }
        if options.json { return try Console.json(answers) }
        var table = TextTable(header: ["text", "label", "probability"])
        if explain { table.header += ["shard", "votes for", "with", "records"] }
        for answer in answers {
            let own = [answer.id ?? "\(Ordinal(answer.index))", answer.label, answer.probability.fixed(4)]
            guard let votes = answer.votes else {
                table.rows.append(own)
                continue
            }
            for (number, vote) in votes.enumerated() {
                table.rows.append(
                    (number == 0 ? own : ["", "", ""]) + [
                        "\(vote.shard)", vote.label, vote.probability.fixed(4), "\(vote.records)"
                    ])
            }
        }
        table.print()
    }
}

extension TextsToLabel.Format: ExpressibleByArgument {}
