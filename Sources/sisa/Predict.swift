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
            "A file of texts: .txt with one a line, or .csv, .tsv, .jsonl with the recipe's text column; `-`: standard input.",
        completion: .file())
    var input: String?

    @Option(
        help:
            "What --input holds: txt, csv, tsv or jsonl. Default: txt for .txt and `-`, else as the recipe or the extension says."
    )
    var format: TextsToLabel.Format?

    @Flag(help: "Show each shard's vote.")
    var explain = false

    private struct Output: Encodable {
        struct Vote: Encodable {
            let shard: Int
            let label: String
            let probability: Double
            let records: Int
        }
        let index: Int
        let id: String?
        let label: String
        let probability: Double
        let probabilities: [String: Double]
        let votes: [Vote]?
    }

    func perform() throws {
        if texts.isEmpty, input == nil { throw UsageError.noText }
        if !texts.isEmpty, input != nil { throw UsageError.textAndInput }
        if format != nil, input == nil { throw UsageError.formatWithoutFile(option: "--input") }
        let workspace = try options.openToRead()
        let (ids, texts) =
            try input.map { try TextsToLabel.read(InputFile(named: $0), format, workspace.recipe) } ?? ([], texts)
        if let empty = texts.firstIndex(of: "") { throw UsageError.emptyText(number: empty + 1) }
        let answers = try workspace.predict(
            texts, votes: explain, threads: options.threadCount, progress: ProgressLine("predicting").sink)
        let labels = workspace.recipe.labels
        if options.json {
            return try Console.json(
                answers.enumerated().map { index, answer in
                    output(answer, index, ids.isEmpty ? nil : ids[index], labels)
                })
        }
        var table = TextTable(header: ["text", "label", "probability"])
        if explain { table.header += ["shard", "votes for", "with", "records"] }
        for (index, answer) in answers.enumerated() {
            let name = ids.isEmpty ? "\(index + 1)" : ids[index]
            let own = [name, labels[answer.label], Double(answer.probabilities[answer.label]).fixed(4)]
            guard explain else {
                table.rows.append(own)
                continue
            }
            for (number, vote) in answer.votes.enumerated() {
                table.rows.append(
                    (number == 0 ? own : ["", "", ""]) + [
                        "\(vote.shard + 1)", labels[vote.label],
                        Double(vote.probabilities[vote.label]).fixed(4), "\(vote.records)"
                    ])
            }
        }
        table.print()
    }

    private func output(_ answer: Prediction, _ index: Int, _ id: String?, _ labels: [String]) -> Output {
        Output(
            index: index, id: id, label: labels[answer.label],
            probability: Double(answer.probabilities[answer.label]),
            probabilities: Dictionary(
                zip(labels, answer.probabilities.map(Double.init)), uniquingKeysWith: { first, _ in first }),
            votes: !explain
                ? nil
                : answer.votes.map {
                    Output.Vote(
                        shard: $0.shard + 1, label: labels[$0.label],
                        probability: Double($0.probabilities[$0.label]), records: $0.records)
                })
    }
}

extension TextsToLabel.Format: ExpressibleByArgument {}
