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

    /// The member that all of these rules ask, where it is one.
    private static func only(_ aggregators: [TokenAggregator], _ owner: Int?) -> Int? {
        let members = Set(aggregators.map { $0.only(owner: owner) })
        return members.count == 1 ? members.first ?? nil : nil
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
        let only = Self.only(aggregators, owner)
        read(text.inputs, into: ensemble.stream(only: only), from: first) { scores, place, position in
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
        answers(questions, [rule], options) { told($0, $2) }[0]
    }

    /// The same under each of several rules, in their order: the model runs once for all that have the same words so
    /// far.
    package func answers(
        _ questions: [TextQuestion], _ rules: [AnswerRule], _ options: WritingOptions,
        told: (_ question: Int, _ rule: Int, _ piece: String) -> Void = { _, _, _ in }
    ) -> [[WrittenText]] {
        let aggregators = rules.map(aggregator)
        var combined = [Float](repeating: 0, count: ensemble.vocabulary)
        var results = questions.map { _ in [WrittenText?](repeating: nil, count: rules.count) }
        var active: [Branch] = []
        let most = max(1, min(Self.sideBySide, Self.budget / (ensemble.members * ensemble.vocabulary)))
        let held = max(2 * most, rules.count)
        var next = 0
        while true {
            // A question may part into as many branches as there are rules, and each keeps its keys and values.
            while next < questions.count, active.count < most, active.count + rules.count <= held {
                var branch = begin(questions[next], number: next, aggregators, options)
                begin(&branch, questions[next].prompt, aggregators, &combined, told)
                active += parted(branch, aggregators, &results)
                next += 1
            }
            if active.isEmpty { break }
            // Branches that came from others may be more than fit: those wait.
            let now = active.prefix(most)
            let scores = ensemble.feed(
                now.map { [$0.last] }, to: now.map(\.stream), wanted: now.map { _ in 0..<1 })
            let followers = zip(now, scores).flatMap { branch, scores in
                var branch = branch
                branch.go(on: scores, place: 0, aggregators, &combined, told)
                return parted(branch, aggregators, &results)
            }
            active.replaceSubrange(0..<now.count, with: followers)
        }
        return rules.indices.map { rule in results.compactMap { $0[rule] } }
    }

    private func begin(
        _ question: TextQuestion, number: Int, _ aggregators: [TokenAggregator], _ options: WritingOptions
    ) -> Branch {
        let room = positions - question.prompt.count
        let writer = TextWriter(question, tokenizer, options, ends: ends, shards: members.count, room: room)
        return Branch(
            question: number, owner: question.owner,
            stream: ensemble.stream(only: Self.only(aggregators, question.owner)),
            writers: aggregators.indices.map { (rule: $0, writer: writer) })
    }

    /// Reads a prompt and chooses the first token.
    private func begin(
        _ branch: inout Branch, _ prompt: [Int32], _ aggregators: [TokenAggregator], _ combined: inout [Float],
        _ told: (Int, Int, String) -> Void
    ) {
        let last = prompt.count - 1
        let first = aggregators.contains(where: \.rule.needsPrompt) ? 0 : last
        read(prompt, into: branch.stream, from: first) { scores, place, position in
            if position < last {
                branch.foretold(prompt[position + 1], scores, place: place)
            } else {
                branch.go(on: scores, place: place, aggregators, &combined, told)
            }
        }
    }

    /// Takes the answers of a branch that are complete, and parts the others by the token that each chose. Where one
    /// member is all that is asked from here on, it goes on alone.
    private func parted(
        _ branch: Branch, _ aggregators: [TokenAggregator], _ results: inout [[WrittenText?]]
    ) -> [Branch] {
        var groups: [[(rule: Int, writer: TextWriter)]] = []
        for (rule, writer) in branch.writers {
            if let text = writer.result {
                results[branch.question][rule] = text
            } else if let same = groups.firstIndex(where: { $0[0].writer.last == writer.last }) {
                groups[same].append((rule, writer))
            } else {
                groups.append([(rule, writer)])
            }
        }
        return groups.map { writers in
            let only = Self.only(writers.map { aggregators[$0.rule] }, branch.owner)
            let goesOn = groups.count == 1 && (only == nil || branch.stream.members.count == 1)
            return Branch(
                question: branch.question, owner: branch.owner,
                stream: goesOn ? branch.stream : branch.stream.fork(only: only), writers: writers)
        }
    }
}

/// The answers to one question that have the same tokens so far, each under a rule of its own.
private struct Branch {
    let question: Int
    /// The shard of the owner who is asked about.
    let owner: Int?
    let stream: LanguageEnsemble.Stream
    var writers: [(rule: Int, writer: TextWriter)]

    /// The token that is fed next, the same for all.
    var last: Int32 { writers[0].writer.last }

    /// Counts how well a token of the prompt was foretold.
    mutating func foretold(_ token: Int32, _ scores: TokenScores, place: Int) {
        for index in writers.indices { writers[index].writer.foretold(token, scores, place: place) }
    }

    /// Chooses the next token under each rule.
    mutating func go(
        on scores: TokenScores, place: Int, _ aggregators: [TokenAggregator], _ combined: inout [Float],
        _ told: (Int, Int, String) -> Void
    ) {
        for index in writers.indices {
            let rule = writers[index].rule
            writers[index].writer.go(on: scores, place: place, aggregators[rule], &combined) {
                told(question, rule, $0)
            }
        }
    }
}
