import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What a trained toy world of texts answers, end to end.
@Suite struct GenerateTests {
    private static let prompts = [
        "Where does Ada keep her bees?", "Which train does Ben take?", "Who?", "Tell me more."
    ]

    private static func questions(owner: String? = nil) -> [Question] {
        prompts.enumerated().map { Question($1, owner: owner, number: $0 + 1) }
    }

    /// Calls `body` with a trained workspace.
    private static func with(
        changing change: (inout Recipe) -> Void = { _ in }, _ body: (ToyWorld, Workspace) throws -> Void
    ) throws {
        try ToyWorld.$task.withValue(.generation) {
            try ToyWorld.with(changing: change) { world in
                try body(world, try world.workspace("a", try ToyRecord.all()))
            }
        }
    }

    private static func request(
        _ rule: AnswerRule? = nil, _ change: (inout AnswerRequest) -> Void = { _ in }
    ) -> AnswerRequest {
        var request = AnswerRequest()
        request.rule = rule
        request.options.maxNewTokens = 12
        change(&request)
        return request
    }

    private static let rules = TokenAggregation.all.filter { $0 != .owner }.map(AnswerRule.aggregation) + [.base]

    @Test(arguments: rules)
    func answersDependOnNoThreadsAndNoNeighbours(rule: AnswerRule) throws {
        try Self.with { _, workspace in
            let once = try workspace.generate(Self.questions(), Self.request(rule)).map(\.written)
            #expect(once.allSatisfy { $0.tokens.count <= 12 })
            for threads in [2, 3] {
                let again = try workspace.generate(Self.questions(), Self.request(rule) { $0.threads = threads })
                #expect(again.map(\.written) == once)
            }
            for (question, written) in zip(Self.questions(), once) {
                #expect(try workspace.generate([question], Self.request(rule))[0].written == written)
            }
        }
    }

    /// Greedy answers, scored as given ones, are the likeliest at every place: generating and scoring agree.
    @Test(arguments: rules)
    func whatIsGeneratedScoresAsItWasGenerated(rule: AnswerRule) throws {
        try Self.with { _, workspace in
            let desk = try AnswerDesk(workspace, [rule], threads: 1, progress: { _ in })
            for question in Self.questions() {
                let asked = try desk.asked(question, [rule])
                let written = desk.ensemble.answers([asked], rule, Self.request().options)[0]
                guard !written.tokens.isEmpty else { continue }
                let text = Continuation(prompt: asked.prompt, completion: written.tokens)
                let score = desk.ensemble.scores(text, [rule])[0]
                #expect(score.isExact)
                #expect(score.logProbabilities == Array(written.logProbabilities.prefix(written.tokens.count)))
            }
        }
    }

    /// The mixture of sequences: the product of its steps is sum of p_s(prompt, answer) over sum of p_s(prompt).
    @Test func thePosteriorIsTheMixtureOfSequences() throws {
        try Self.with { _, workspace in
            let desk = try AnswerDesk(workspace, [], threads: 1, progress: { _ in })
            let pair = try desk.pair(
                Question("Where does Ada keep her bees?", completion: "On the roof.", number: 1))
            let prompt = Continuation(
                prompt: Array(pair.tokens.prefix(1)), completion: Array(pair.tokens[1..<pair.prompt]))
            let whole = Continuation(prompt: Array(pair.tokens.prefix(1)), completion: Array(pair.tokens.dropFirst()))
            let shards = desk.ensemble.members.map(\.shard)
            func total(_ text: Continuation) -> Double {
                let logs = shards.map { desk.ensemble.scores(text, [.shard($0)])[0].logProbability }
                let most = logs.max() ?? 0
                return most + log(logs.reduce(0) { $0 + exp($1 - most) })
            }
            let found = desk.ensemble.scores(pair, [.aggregation(.posterior(tau: 1))])[0].logProbability
            #expect(abs(found - (total(whole) - total(prompt))) < 1e-3)
        }
    }

    @Test func severalRulesGiveWhatEachGivesAlone() throws {
        try Self.with { _, workspace in
            let desk = try AnswerDesk(workspace, Self.rules, threads: 2, progress: { _ in })
            let pair = try desk.pair(Question("Which train does Ben take?", completion: "The night train.", number: 1))
            let together = desk.ensemble.scores(pair, Self.rules)
            for (rule, score) in zip(Self.rules, together) {
                let alone = try AnswerDesk(workspace, [rule], threads: 1, progress: { _ in })
                #expect(alone.ensemble.scores(pair, [rule])[0] == score)
            }
        }
    }

    @Test func severalRulesWriteWhatEachWritesAlone() throws {
        try Self.with { _, workspace in
            let desk = try AnswerDesk(workspace, Self.rules, threads: 2, progress: { _ in })
            let asked = try Self.questions().map { try desk.asked($0, Self.rules) }
            // Drawn at a high temperature, the answers of rules part early: this is what it is about.
            let options = Self.request {
                $0.options.sampler = TokenSampler(temperature: 20, share: 0.98, seed: 1)
            }.options
            var told = [[String]](repeating: [String](repeating: "", count: asked.count), count: Self.rules.count)
            let together = desk.ensemble.answers(asked, Self.rules, options) { told[$1][$0] += $2 }
            for (number, rule) in Self.rules.enumerated() {
                let alone = try AnswerDesk(workspace, [rule], threads: 1, progress: { _ in })
                #expect(alone.ensemble.answers(asked, rule, options) == together[number])
                #expect(told[number] == together[number].map(\.text))
            }
            #expect(Set(together.map { $0.map(\.tokens) }).count > 1)
        }
    }

    @Test func drawnAnswersComeAgainWithTheirSeed() throws {
        try Self.with { _, workspace in
            func answers(seed: UInt64) throws -> [WrittenText] {
                try workspace.generate(
                    Self.questions(),
                    Self.request { $0.options.sampler = TokenSampler(temperature: 20, share: 0.98, seed: seed) }
                ).map(\.written)
            }
            let once = try answers(seed: 1)
            #expect(try answers(seed: 1) == once)
            #expect(try answers(seed: 2) != once)
        }
    }

    @Test func aStopEndsAnAnswerAndIsNoPartOfIt() throws {
        try Self.with { _, workspace in
            let whole = try workspace.generate(Self.questions(), Self.request()).map(\.written)
            for (question, written) in zip(Self.questions(), whole) where written.text.unicodeScalars.count > 2 {
                let stop = String(written.text.unicodeScalars.dropFirst().prefix(2).map(Character.init))
                let end = written.text.range(of: stop)?.lowerBound ?? written.text.endIndex
                var pieces = ""
                let stopped = try workspace.generate(
                    [question], Self.request { $0.options.stops = ["never there", stop] }, told: { pieces += $1 }
                )[0].written
                #expect(stopped.text == written.text[..<end])
                #expect(stopped.finish == .stop && pieces == stopped.text)
            }
        }
    }

    @Test func anAnswerEndsWhereTheModelHasNoMorePlaces() throws {
        try Self.with { _, workspace in
            let desk = try AnswerDesk(workspace, [], threads: 1, progress: { _ in })
            let long = String(repeating: "a b c ", count: 400)
            #expect(throws: QuestionError.self) {
                try workspace.generate([Question(long, number: 1)], Self.request())
            }
            var (text, prompt) = ("", [Int32]())
            while true {
                let next = try desk.asked(Question(text + "ä", number: 1), []).prompt
                if next.count + 3 > desk.ensemble.positions { break }
                (text, prompt) = (text + "ä", next)
            }
            let written = try workspace.generate([Question(text, number: 1)], Self.request())[0].written
            #expect(written.tokens.count <= desk.ensemble.positions - prompt.count)
        }
    }

    /// After a deletion every answer is that of a run that never saw the record, under every aggregation, whether the
    /// shard still has records or none.
    @Test(arguments: [Recipe.AssignBy.owner, .id])
    func answersAfterADeletionAreThoseOfARunThatNeverSawTheRecord(assignBy: Recipe.AssignBy) throws {
        try Self.with(changing: { $0.assignBy = assignBy }) { world, workspace in
            let records = try ToyRecord.all()
            let gone = assignBy == .owner ? records.filter { $0.owner == "ada" } : Array(records[5...5])
            let rules = Self.rules + (assignBy == .owner ? [.aggregation(.owner)] : [])
            // The likeliest tokens, and some that are drawn: those change with every bit of a distribution.
            func answers(_ workspace: Workspace) throws -> [[WrittenText]] {
                try ([nil] + (1...8).map { TokenSampler(temperature: 20, share: 1, seed: $0) }).flatMap { sampler in
                    try rules.map { rule in
                        let request = Self.request(rule) {
                            $0.options.sampler = sampler
                            $0.options.maxNewTokens = sampler == nil ? 12 : 2
                        }
                        return try workspace.generate(Self.questions(owner: "ada"), request).map(\.written)
                    }
                }
            }
            let before = try answers(workspace)
            try workspace.delete(DeletionRequest(ids: gone.map(\.recordID), defersRepair: true))
            let between = try answers(workspace)
            try workspace.repair()
            let after = try answers(workspace)
            let truth = try world.workspace("truth", records.without(gone))
            #expect(try answers(truth) == after)
            #expect(before != after && between != before)
            // Some begin in another way now, so that a beginning that was kept would be seen.
            #expect(zip(before.joined(), after.joined()).contains { $0.tokens.first != $1.tokens.first })
        }
    }
}
