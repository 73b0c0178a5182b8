import ArgumentParser
import Foundation
import Unlearning

struct Evaluate: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the accuracy on held-out records, or how well held-out questions are answered.",
        discussion: """
            EXAMPLES:
              sisa evaluate --workspace workspaces/banking77 --input test.csv
              sisa evaluate --workspace workspaces/people --aggregation all --shards-alone
              sisa evaluate --workspace workspaces/people --input people.jsonl --given-only --json
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(
        help:
            """
            A file with the recipe's columns: text and label, or prompt and completion; `-`: standard input. Default: \
            the recipe's `data: test:`.
            """,
        completion: .file())
    var input: String?

    @Option(help: "What the file holds: csv, tsv or jsonl. Default: as the recipe or the extension says.")
    var format: DataFormat?

    @OptionGroup(title: "Options of a generation") var generation: GenerationEvaluation

    func perform() throws {
        let workspace = try options.openToRead()
        let files =
            input.map { [InputFile(named: $0)] } ?? workspace.recipe.data.test.map { InputFile(URL(filePath: $0)) }
        if files.isEmpty { throw UsageError.noEvaluationFile }
        if workspace.recipe.task == .generation {
            if format != nil, format != .jsonl { throw UsageError.onlyForClassifications(option: "--format") }
            return try generation.run(workspace, files, options)
        }
        if let option = generation.given { throw UsageError.onlyForGenerations(option: option) }
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
