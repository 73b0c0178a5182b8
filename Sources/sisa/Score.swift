import ArgumentParser
import Unlearning

struct Score: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how likely a completion is after a prompt, token by token.",
        discussion: """
            The last token is the one that ends an answer. Logarithms are natural.

            EXAMPLES:
              sisa score "Where does Ilka Dovelander live?" "Ilka Dovelander lives in Velmora."
              sisa score --input people.jsonl --json
            """)

    @Argument(help: "A prompt, in quotes.")
    var prompt: String?

    @Argument(help: "Its completion, in quotes.")
    var completion: String?

    @OptionGroup var options: WorkspaceOptions

    @Option(
        help:
            """
            A file of JSON Lines with `prompt` and `completion`, or `messages` (or the recipe's names) and, if wanted, \
            `owner`; `-`: standard input.
            """,
        completion: .file())
    var input: String?

    @Option(help: "The person who is asked about: the shard answers in which all records of that name stand.")
    var owner: String?

    @Option(
        help: ArgumentHelp(
            "Another aggregation than the recipe's: \(AggregationOption.words.joined(separator: ", ")), or base.",
            valueName: "word"))
    var aggregation: AggregationOption?

    func perform() throws {
        if prompt == nil, input == nil { throw UsageError.noText }
        if prompt != nil, input != nil { throw UsageError.textAndInput }
        if prompt != nil, completion == nil { throw UsageError.noCompletion }
        for (index, text) in [prompt, completion].enumerated() where text == "" {
            throw UsageError.emptyText(number: Ordinal(index).number)
        }
        let workspace = try options.openToRead()
        var questions =
            try input.map { try Question.read(InputFile(named: $0), .jsonl, workspace.recipe, answered: true) }
            ?? [Question(prompt ?? "", completion: completion, number: 1)]
        if let owner { for index in questions.indices { questions[index].owner = owner } }
        var request = AnswerRequest()
        request.rule = aggregation?.rule ?? (owner == nil ? nil : .aggregation(.owner))
        request.threads = options.threadCount
        let answers = try workspace.score(questions, request, progress: ProgressLine("scoring").sink)
            .map { ScoreAnswer($0) }
        if json {
            if input == nil, let answer = answers.first { return try Console.json(answer) }
            return try Console.json(answers)
        }
        input == nil ? tokens(answers).print() : all(answers).print()
    }

    private func tokens(_ answers: [ScoreAnswer]) -> TextTable {
        var table = TextTable(header: ["token", "text", "log p"])
        for answer in answers {
            for token in answer.tokens {
                table.rows.append([
                    "\(token.id)", "|" + token.text.replacing("\n", with: "\\n") + "|", token.logProbability.fixed(4)
                ])
            }
            table.rows.append(["all", "", answer.logProbability.fixed(4)])
        }
        return table
    }

    private func all(_ answers: [ScoreAnswer]) -> TextTable {
        var table = TextTable(header: ["record", "tokens", "log p", "p a token"])
        for (index, answer) in answers.enumerated() {
            table.rows.append([
                answer.id ?? "\(Ordinal(index))", "\(answer.tokens.count)", answer.logProbability.fixed(4),
                answer.probability.fixed(4)
            ])
        }
        return table
    }
}
