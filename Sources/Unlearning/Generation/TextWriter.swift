package import Engine
internal import Foundation

/// What is asked: a prompt in tokens, which leaves room for an answer.
package struct TextQuestion: Sendable {
    /// The tokens of the prompt, at least one.
    package let prompt: [Int32]
    /// The shard in which the hash places the owner who is asked about; nil: nobody was named.
    package let owner: Int?

    /// A prompt, and the shard of an owner.
    package init(prompt: [Int32], owner: Int? = nil) {
        self.prompt = prompt
        self.owner = owner
    }
}

/// How answers are written.
package struct WritingOptions: Sendable {
    /// Tokens that an answer may have.
    package var maxNewTokens = 128
    /// Texts that end an answer and are no part of it.
    package var stops: [String] = []
    /// How tokens are drawn; nil: the likeliest is taken, of equals the one with the lowest id.
    package var sampler: TokenSampler?

    /// The likeliest tokens, up to 128 of them.
    package init() {}
}

/// A generated answer. It is handed to whoever asked, and stored nowhere.
package struct WrittenText: Sendable, Equatable {
    /// Why an answer ends.
    package enum Finish: String, Sendable, Encodable {
        /// It ended itself, or came to a text that ends it.
        case stop
        /// It has as many tokens as it may, or as the model has room for.
        case length
    }

    /// The answer.
    package let text: String
    /// Its tokens, without the one that ended it.
    package let tokens: [Int32]
    /// Why it ends.
    package let finish: Finish
    /// log p of each chosen token, the one that ended it included.
    package let logProbabilities: [Float]

    /// How sure the ensemble was: the probability for each chosen token, the geometric mean.
    package var probability: Double {
        logProbabilities.isEmpty
            ? 1 : exp(logProbabilities.reduce(0) { $0 + Double($1) } / Double(logProbabilities.count))
    }
}

/// Writes one answer, token by token.
struct TextWriter {
    private let question: TextQuestion
    private let options: WritingOptions
    private let ends: Set<Int32>
    private let limit: Int
    /// Tokens that stand for something: a model may have more.
    private let known: Int
    private var decoder: StreamingDecoder
    private var stops: StopTexts
    private var foresight: Foresight
    private var text = ""
    private var tokens: [Int32] = []
    private var logProbabilities: [Float] = []
    private var finish: WrittenText.Finish?

    /// `room`: Tokens that the model has places for behind the prompt.
    init(
        _ question: TextQuestion, _ tokenizer: Tokenizer, _ options: WritingOptions, ends: Set<Int32>, shards: Int,
        room: Int
    ) {
        self.question = question
        self.options = options
        self.ends = ends
        limit = min(options.maxNewTokens, room)
        decoder = StreamingDecoder(tokenizer)
        known = tokenizer.vocabularySize
        stops = StopTexts(options.stops)
        foresight = Foresight(shards: shards)
    }

    /// The token that is fed next.
    var last: Int32 { tokens.last ?? 0 }

    /// The answer, when it is complete.
    var result: WrittenText? {
        finish.map { WrittenText(text: text, tokens: tokens, finish: $0, logProbabilities: logProbabilities) }
    }

    /// Counts how well a token of the prompt was foretold.
    mutating func foretold(_ token: Int32, _ scores: TokenScores, place: Int) {
        foresight.count(token, scores, place: place, isPrompt: true)
    }

    /// Chooses the next token. `combined`: Room for the logarithms of all tokens.
    mutating func go(
        on scores: TokenScores, place: Int, _ aggregator: TokenAggregator, _ combined: inout [Float],
        told: (String) -> Void
    ) {
        aggregator.combine(scores, place: place, foresight, owner: question.owner, into: &combined)
        let position = question.prompt.count + tokens.count
        let token =
            options.sampler?.token(combined, position: position)
            ?? Int32(Mixture.largest(combined, 0..<combined.count))
        logProbabilities.append(combined[Int(token)])
        foresight.count(token, scores, place: place, isPrompt: false)
        if ends.contains(token) { return end(.stop, told) }
        tokens.append(token)
        let (piece, isStopped) = stops.take(Int(token) < known ? decoder.next(token) : "")
        say(piece, told)
        if isStopped {
            finish = .stop
        } else if tokens.count >= limit {
            end(.length, told)
        }
    }

    /// Says what was held back, and is done.
    private mutating func end(_ reason: WrittenText.Finish, _ told: (String) -> Void) {
        let (piece, isStopped) = stops.take(decoder.finish())
        say(isStopped ? piece : piece + stops.finish(), told)
        finish = isStopped ? .stop : reason
    }

    private mutating func say(_ piece: String, _ told: (String) -> Void) {
        if piece.isEmpty { return }
        text += piece
        told(piece)
    }
}
