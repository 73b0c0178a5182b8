package import Engine

/// Shards that write and score texts together, each by the newest clean checkpoint that it has.
///
/// Which checkpoints may answer is `Member.answering`'s choice. Of a text nothing is kept longer than a call. One call
/// at a time: buffers are kept.
package final class TextEnsemble {
    /// Logarithms that are held at a time: members x places x vocabulary.
    private static let budget = 1 << 24
    /// Texts that are written side by side.
    private static let sideBySide = 16

    /// The shards that answer, ascending.
    let members: [Member]
    private let ensemble: LanguageEnsemble
    private let tokenizer: Tokenizer
    /// The tokens that end an answer.
    private let ends: Set<Int32>

    /// An ensemble whose members are the states of `members`, in their order.
    init(_ ensemble: LanguageEnsemble, _ members: [Member], _ tokenizer: Tokenizer, ends: [Int32]) {
        self.ensemble = ensemble
        self.members = members
        self.tokenizer = tokenizer
        self.ends = Set(ends)
    }

    /// Tokens that a text may have.
    package var positions: Int { ensemble.positions }

    private func aggregator(_ rule: AnswerRule) -> TokenAggregator {
        TokenAggregator(rule: rule, shards: members.map(\.shard), records: members.map(\.records))
    }

    /// Feeds the beginning of a text in pieces, and hands out what is expected after each place from `first` on.
    private func read(
        _ tokens: [Int32], into stream: LanguageEnsemble.Stream, from first: Int,
        _ body: (_ scores: TokenScores, _ place: Int, _ position: Int) -> Void
    ) {
        let most = max(1, Self.budget / (ensemble.members * ensemble.vocabulary))
        var start = 0
        while start < tokens.count {
            // Places that nobody asks about cost no room.
            let end = min(tokens.count, max(start, first) + most)
            let wanted = max(start, first)..<end
            let scores = ensemble.feed(
                [Array(tokens[start..<end])], to: [stream],
                wanted: [wanted.lowerBound - start..<wanted.upperBound - start])[0]
            for position in wanted { body(scores, position - wanted.lowerBound, position) }
            start = end
        }
    }

    /// What each rule makes of an answer that was given, in the order of the rules; the model runs once for all.
    ///
    /// `owner`: The shard in which the hash places the owner who is asked about.
    package func scores(_ text: Continuation, _ rules: [AnswerRule], owner: Int? = nil) -> [TextScore] {
        let aggregators = rules.map(aggregator)
        var results = rules.map { _ in TextScore() }
        var foresight = Foresight(shards: members.count)
        var combined = [Float](repeating: 0, count: ensemble.vocabulary)
        let first = rules.contains(where: \.needsPrompt) ? 0 : text.prompt - 1
        read(text.inputs, into: ensemble.stream(), from: first) { scores, place, position in
            let token = text.tokens[position + 1]
            if position + 1 >= text.prompt {
                for (index, aggregator) in aggregators.enumerated() {
                    aggregator.combine(scores, place: place, foresight, owner: owner, into: &combined)
                    results[index].add(token, combined, likeliest: Mixture.largest(combined, 0..<combined.count))
                }
            }
            foresight.count(token, scores, place: place, isPrompt: position + 1 < text.prompt)
        }
        return results
    }

    /// An answer to each question, in their order. The bits of one depend on no other.
    ///
    /// `told` hears every piece of an answer as soon as it is certain.
    package func answers(
        _ questions: [TextQuestion], _ rule: AnswerRule, _ options: WritingOptions,
        told: (_ question: Int, _ piece: String) -> Void = { _, _ in }
    ) -> [WrittenText] {
        let aggregator = aggregator(rule)
        var combined = [Float](repeating: 0, count: ensemble.vocabulary)
        var results = [WrittenText?](repeating: nil, count: questions.count)
        var active: [(index: Int, writer: TextWriter, stream: LanguageEnsemble.Stream)] = []
        let most = max(1, min(Self.sideBySide, Self.budget / (ensemble.members * ensemble.vocabulary)))
        var next = 0
        while true {
            while active.count < most, next < questions.count {
                let stream = ensemble.stream()
                let room = positions - questions[next].prompt.count
                var writer = TextWriter(
                    questions[next], tokenizer, options, ends: ends, shards: members.count, room: room)
                begin(&writer, questions[next].prompt, stream, aggregator, &combined) { told(next, $0) }
                active.append((next, writer, stream))
                next += 1
            }
            for done in active { if let text = done.writer.result { results[done.index] = text } }
            active.removeAll { $0.writer.result != nil }
            if active.isEmpty, next == questions.count { break }
            if active.isEmpty { continue }
            let scores = ensemble.feed(
                active.map { [$0.writer.last] }, to: active.map(\.stream), wanted: active.map { _ in 0..<1 })
            for (place, scores) in scores.enumerated() {
                let index = active[place].index
                active[place].writer.go(on: scores, place: 0, aggregator, &combined) { told(index, $0) }
            }
        }
        return results.compactMap { $0 }
    }

    /// Reads a prompt and chooses the first token.
    private func begin(
        _ writer: inout TextWriter, _ prompt: [Int32], _ stream: LanguageEnsemble.Stream,
        _ aggregator: TokenAggregator, _ combined: inout [Float], told: (String) -> Void
    ) {
        let last = prompt.count - 1
        read(prompt, into: stream, from: aggregator.rule.needsPrompt ? 0 : last) { scores, place, position in
            if position < last {
                writer.foretold(prompt[position + 1], scores, place: place)
            } else {
                writer.go(on: scores, place: place, aggregator, &combined, told: told)
            }
        }
    }
}
