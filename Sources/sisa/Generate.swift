import ArgumentParser
import Foundation
import Unlearning

struct Generate: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer prompts with the ensemble of all shards.",
        discussion: """
            Takes the likeliest tokens unless --temperature or --top-p say otherwise. What is asked and answered is \
            stored nowhere.

            EXAMPLES:
              sisa generate --workspace workspaces/people "What is Ilka Dovelander's e-mail address?"
              sisa generate "Where does Ilka Dovelander live?" --owner "Ilka Dovelander" --explain
              sisa generate --input questions.jsonl --json
              sisa generate --temperature 0.7 --top-p 0.9 --seed 1 --stop . -- "-5 degrees tonight:"
            """)

    @Argument(help: "Prompts to answer, each in quotes.")
    var prompts: [String] = []

    @OptionGroup var options: WorkspaceOptions
    @OptionGroup var writing: WritingArguments

    @Option(
        help:
            """
            A file of prompts: .txt with one a line, or .jsonl with `prompt` or `messages` (or the recipe's names) \
            and, if wanted, `owner`; `-`: standard input.
            """,
        completion: .file())
    var input: String?

    @Option(help: "What --input holds: txt or jsonl. Default: txt for .txt and `-`, else as the extension says.")
    var format: Question.Format?

    @Option(help: "The person who is asked about: the shard answers in which all records of that name stand.")
    var owner: String?

    @Option(
        help: ArgumentHelp(
            "Another aggregation than the recipe's: \(AggregationOption.words.joined(separator: ", ")), or base.",
            valueName: "word"))
    var aggregation: AggregationOption?

    @Flag(help: "Show what each shard would have written alone, and how sure it was.")
    var explain = false

    private static let maxNewTokens = 128

    func perform() throws {
        if prompts.isEmpty, input == nil { throw UsageError.noText }
        if !prompts.isEmpty, input != nil { throw UsageError.textAndInput }
        if format != nil, input == nil { throw UsageError.formatWithoutFile(option: "--input") }
        if let empty = prompts.firstIndex(of: "") { throw UsageError.emptyText(number: Ordinal(empty).number) }
        let workspace = try options.openToRead()
        var questions =
            try input.map { try Question.read(InputFile(named: $0), format, workspace.recipe, answered: false) }
            ?? prompts.enumerated().map { Question($1, number: Ordinal($0).number) }
        if let owner { for index in questions.indices { questions[index].owner = owner } }
        var request = AnswerRequest()
        // Whoever names somebody wants that shard's answer.
        request.rule = aggregation?.rule ?? (owner == nil ? nil : .aggregation(.owner))
        request.options = writing.options(usual: Self.maxNewTokens)
        request.explains = explain
        request.threads = options.threadCount
        let streams = !json && questions.count == 1 && isatty(FileHandle.standardOutput.fileDescriptor) == 1
        let answers = try workspace.generate(
            questions, request, progress: ProgressLine("generating").sink
        ) { _, piece in
            if streams { Console.write(piece, to: .standardOutput) }
        }
        if json { return try Console.json(answers.map { GenerationAnswer($0, explains: explain) }) }
        for answer in answers {
            Console.out(streams ? "" : answer.written.text)
            if explain { table(answer.shards).print() }
        }
    }

    private func table(_ shards: [ShardAnswer]) -> TextTable {
        var table = TextTable(header: ["shard", "records", "sure", "alone"])
        for shard in shards {
            table.rows.append([
                "\(Ordinal(shard.shard))", "\(shard.records)", shard.written.probability.fixed(4),
                shard.written.text.replacing("\n", with: "\\n")
            ])
        }
        return table
    }
}
