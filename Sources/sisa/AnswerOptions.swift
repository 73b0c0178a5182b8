import ArgumentParser
import Engine
import Unlearning

/// What decides how the answers of many shards become one, for every command that asks a generation.
struct AggregationOption: ExpressibleByArgument {
    let rule: AnswerRule

    init?(argument: String) {
        guard let rule = AnswerRule(word: argument) else { return nil }
        self.rule = rule
    }

    static let words = TokenAggregation.all.map(\.name)
    static var allValueStrings: [String] { words + ["base"] }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// How answers are written.
struct WritingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Tokens that an answer may have.", valueName: "count"))
    var maxNewTokens: Int?

    @Option(help: "A text that ends an answer, and is no part of it; several times for several.")
    var stop: [String] = []

    @Option(
        help:
            """
            Draw tokens instead of taking the likeliest: what logarithms are divided by. Default with --top-p: 1. 0: \
            take the likeliest.
            """)
    var temperature: Double?

    @Option(help: "Draw among the likeliest tokens that have this share of the probability together. Default: 1.")
    var topP: Double?

    @Option(help: "The seed of what is drawn: the same seed draws the same. Default: 0.")
    var seed: UInt64?

    func validate() throws {
        if let maxNewTokens, maxNewTokens < 1 {
            throw ValidationError("--max-new-tokens is \(maxNewTokens); give a number from 1 on")
        }
        if let temperature, !(temperature >= 0 && temperature <= 100) {
            throw ValidationError("--temperature is \(temperature); give a number from 0 to 100")
        }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p is \(topP); give a number above 0 and at most 1")
        }
        if stop.contains("") { throw ValidationError("--stop is empty; give a text") }
        if seed != nil, !draws {
            throw ValidationError("--seed goes with --temperature or --top-p: else the likeliest tokens are taken")
        }
    }

    private var draws: Bool { temperature.map { $0 > 0 } ?? (topP != nil) }

    /// The same for an ensemble. `usual`: Tokens of an answer where nobody says.
    func options(usual: Int) -> WritingOptions {
        var options = WritingOptions()
        options.maxNewTokens = maxNewTokens ?? usual
        options.stops = stop
        if draws {
            options.sampler = TokenSampler(temperature: temperature ?? 1, share: topP ?? 1, seed: seed ?? 0)
        }
        return options
    }
}

extension Question.Format: ExpressibleByArgument {}
