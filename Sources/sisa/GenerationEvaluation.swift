import ArgumentParser
import Unlearning

/// How the answers of a generation are measured: its options, and what is done with them.
struct GenerationEvaluation: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Another aggregation than the recipe's; several times for several, which share the passes of the model; \
            `all`: every one that the workspace allows, and the backbone alone.
            """, valueName: "word"), completion: .list(["all"] + AggregationOption.allValueStrings))
    var aggregation: [Choice] = []

    @Flag(help: "Measure each shard alone too.")
    var shardsAlone = false

    @Flag(help: "Score the given answers and generate none, which is much quicker; there is no ROUGE-L then.")
    var givenOnly = false

    @Option(help: ArgumentHelp("Tokens that a generated answer may have. Default: 200.", valueName: "count"))
    var maxNewTokens: Int?

    private static let usual = 200

    /// An aggregation, or all of them.
    enum Choice: ExpressibleByArgument {
        case all
        case one(AnswerRule)

        init?(argument: String) {
            guard argument != "all" else {
                self = .all
                return
            }
            guard let rule = AnswerRule(word: argument) else { return nil }
            self = .one(rule)
        }
    }

    func validate() throws {
        if let maxNewTokens, maxNewTokens < 1 {
            throw ValidationError("--max-new-tokens is \(maxNewTokens); give a number from 1 on")
        }
    }

    /// One of these options that was given.
    var given: String? {
        if !aggregation.isEmpty { return "--aggregation" }
        if shardsAlone { return "--shards-alone" }
        if givenOnly { return "--given-only" }
        return maxNewTokens == nil ? nil : "--max-new-tokens"
    }

    func run(_ workspace: Workspace, _ files: [InputFile], _ options: WorkspaceOptions) throws {
        let questions = try files.flatMap { try Question.read($0, .jsonl, workspace.recipe, answered: true) }
        var request = AnswerRequest()
        request.options.maxNewTokens = maxNewTokens ?? Self.usual
        request.threads = options.threadCount
        let result = try workspace.evaluate(
            questions, try rules(workspace, questions), shardsAlone: shardsAlone, generates: !givenOnly, request,
            progress: ProgressLine("evaluating").sink)
        guard let answer = AnswerEvaluationAnswer(result) else { return }
        if options.json { return try Console.json(answer) }
        var table = TextTable(header: ["aggregation", "NLL", "perplexity", "p a token", "tokens", "exact", "ROUGE-L"])
        for figures in answer.aggregations.isEmpty ? [answer.first] : answer.aggregations {
            table.rows.append([
                figures.aggregation, figures.negativeLogLikelihood.fixed(4), figures.perplexity.fixed(3),
                figures.probability.fixed(4), figures.tokenAccuracy.percent, figures.exactMatch.percent,
                figures.rougeL.map { $0.fixed(4) } ?? ""
            ])
        }
        table.print()
        Console.out("\(answer.records) records")
    }

    /// What is measured, in order and each once.
    private func rules(_ workspace: Workspace, _ questions: [Question]) throws -> [AnswerRule] {
        var rules: [AnswerRule] = []
        for choice in aggregation {
            switch choice {
            case .one(let rule): rules.append(rule)
            case .all: rules += try workspace.rules(for: questions)
            }
        }
        if rules.isEmpty { rules = [try workspace.usualRule()] }
        return rules.enumerated().filter { rules.firstIndex(of: $1) == $0 }.map(\.element)
    }
}
