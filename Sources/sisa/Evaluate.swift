import ArgumentParser
import Foundation
import Unlearning

struct Evaluate: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the accuracy on held-out records.",
        discussion: """
            EXAMPLE:
              sisa evaluate --workspace workspaces/banking77 --input test.csv
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(
        help:
            """
            A file with the recipe's text and label columns; `-`: standard input. Default: the recipe's `data: test:`.
            """,
        completion: .file())
    var input: String?

    @Option(help: "What the file holds: csv, tsv or jsonl. Default: as the recipe or the extension says.")
    var format: DataFormat?

    func perform() throws {
        let workspace = try options.openToRead()
        let files =
            input.map { [InputFile(named: $0)] } ?? workspace.recipe.data.test.map { InputFile(URL(filePath: $0)) }
        if files.isEmpty { throw UsageError.noEvaluationFile }
        let result = try workspace.evaluate(
            files, format: format, threads: options.threadCount, progress: ProgressLine("evaluating").sink)
        let answer = EvaluationAnswer(result, labels: workspace.recipe.labels)
        if options.json { return try Console.json(answer) }
        var table = TextTable(header: ["label", "records", "correct", "share"])
        for label in answer.labels where label.records > 0 {
            table.rows.append([
                label.label, "\(label.records)", "\(label.correct)",
                (Double(label.correct) / Double(label.records)).percent
            ])
        }
        table.rows.append(["all", "\(answer.records)", "\(answer.correct)", answer.accuracy.percent])
        table.print()
    }
}

extension DataFormat: ExpressibleByArgument {}
