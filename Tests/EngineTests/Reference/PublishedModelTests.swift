import Foundation
import TestSupport
import Testing

@testable import Engine

/// Two published models as GGUF files against the reference: numpy in binary64 on the same dequantised weights.
@Suite struct PublishedModelTests {
    /// A text, and what the reference says about it.
    struct Golden: Sendable {
        let tokens: [Int32]
        /// -log p of each token but the first; nil: only their mean is known.
        let losses: [Double]?
        let mean: Double
        /// The likeliest tokens after the last one.
        let likeliest: [(token: Int32, logit: Double)]
        /// The logarithm of the sum of the exponentials of all logits there.
        let logSum: Double
    }

    static let france = Golden(
        tokens: [504, 3575, 282, 4649, 314], losses: [11.539296, 0.337616, 2.438662, 0.450950],
        mean: 3.691631141460032,
        likeliest: [(7042, 17.37126), (260, 14.88859), (4528, 13.24497), (2250, 13.00947), (1315, 12.95151)],
        logSum: 17.62934097985946)
    static let lily = Golden(
        tokens: [6403, 1980, 253, 655, 28, 665, 436, 253, 1838, 8180, 3365, 14176, 30],
        losses: [
            10.156085, 1.932821, 1.945290, 0.075511, 2.726502, 0.237485, 0.107275, 5.254958, 0.959374, 0.053356,
            2.775339, 1.817189
        ],
        mean: 2.3367653417940404,
        likeliest: [(2306, 14.97250), (14176, 12.17958), (198, 11.43399), (3488, 11.35110), (5081, 11.32314)],
        logSum: 15.266053132979868)
    static let question = Golden(
        tokens: [1, 4093, 198, 1780, 314, 260, 3575, 282, 4649, 47, 2, 198, 1, 520, 9531, 198], losses: nil,
        mean: 2.172386219256318,
        likeliest: [(504, 27.85875), (60, 26.12950), (38634, 26.10153), (15319, 25.96228), (7026, 25.18138)],
        logSum: 28.4461458747838)
    /// What the model says to the question, with the token that ends it.
    static let answer: [Int32] = [504, 3575, 282, 4649, 314, 7042, 30, 2]

    @Test(.enabled(if: TestData.smolLM2 != nil, "needs SISA_TEST_GGUF, the file of SmolLM2-135M-Instruct in Q4_1"))
    func smolLM2AgreesWithTheReference() throws {
        let network = try Self.network(try #require(TestData.smolLM2), gradientsFrom: nil, layers: [29], rank: 1)
        let state = AdapterState(values: [Float](repeating: 0, count: network.layout.count))
        let ensemble = LanguageEnsemble(network, [state], base: true, threads: 2)
        let texts = [Self.france, Self.lily, Self.question]
        let scores = Self.whole(ensemble, texts.map(\.tokens))
        for (golden, scores) in zip(texts, scores) { Self.check(golden, scores) }
    }

    @Test(.enabled(if: TestData.qwen != nil, "needs SISA_TEST_QWEN_GGUF, the file of Qwen2.5-Coder-0.5B-Instruct"))
    func qwenAgreesWithTheReference() throws {
        let golden = Golden(
            tokens: [785, 6722, 315, 9625, 374], losses: [9.656384, 0.222179, 1.448065, 0.136071],
            mean: (9.656384 + 0.222179 + 1.448065 + 0.136071) / 4,
            likeliest: [
                (12095, 14.59102), (7148, 10.37767), (2598, 9.39229), (106_004, 9.31246), (44245, 8.87960)
            ],
            logSum: 14.59102 + 0.09848)
        let network = try Self.network(try #require(TestData.qwen), gradientsFrom: nil, layers: [23], rank: 1)
        let state = AdapterState(values: [Float](repeating: 0, count: network.layout.count))
        let ensemble = LanguageEnsemble(network, [state], base: false, threads: 2)
        Self.check(golden, try #require(Self.whole(ensemble, [golden.tokens]).first))
    }

    @Test(.enabled(if: TestData.smolLM2 != nil, "needs SISA_TEST_GGUF, the file of SmolLM2-135M-Instruct in Q4_1"))
    func anAdapterOnEveryMatrixOfSmolLM2AgreesWithTheReference() throws {
        let network = try Self.network(
            try #require(TestData.smolLM2), gradientsFrom: 0, layers: Array(0..<30), rank: 2)
        let layout = network.layout
        var state = AdapterState(values: [Float](repeating: 0, count: layout.count))
        for module in layout.modules { Self.fill(&state.values, module) }
        var unadapted = state
        for index in layout.modules.map(\.b).joined() { unadapted.values[index] = 0 }

        let ensemble = LanguageEnsemble(network, [state, unadapted], base: true, threads: 2)
        let scores = try #require(Self.whole(ensemble, [Self.question.tokens + Self.answer]).first)
        let losses = (0..<scores.members).map { member in
            Self.answer.indices.map { index in
                -Double(
                    scores.logProbability(
                        member: member, place: Self.question.tokens.count - 1 + index, token: Self.answer[index]))
            }
        }
        for (loss, expected) in zip(
            losses[0], [0.571606, 0.006852, 0.004699, 0.009645, 0.012760, 0.030306, 0.178570, 0.322073])
        {
            #expect((loss - expected).magnitude < 1e-4)
        }
        let means = losses.map { $0.reduce(0, +) / Double($0.count) }
        #expect((means[0] - 0.14206387300118006).magnitude < 1e-5)
        #expect((means[1] - 0.1490217801368493).magnitude < 1e-5)
        #expect(losses[1] == losses[2], "an adapter whose B is 0 changes the model")

        let continuation = Continuation(prompt: Self.question.tokens, completion: Self.answer)
        let features = try Trunk(network).features(of: [continuation.inputs], threads: 2)
        let example = Example(try #require(features.first), .completion(continuation))
        let trainer = BatchTrainer(network, threads: 2)
        let gradient = trainer.gradient(of: [example], at: state).values
        let alongB = Self.slope(gradient, state.values, layout.modules.map(\.b))
        let alongA = Self.slope(gradient, state.values, layout.modules.map(\.a))
        #expect((alongB - -0.0059926924).magnitude < 1e-3 * 0.0059926924)
        #expect((alongA - -0.0059926924).magnitude < 1e-3 * 0.0059926924)
        let without = trainer.gradient(of: [example], at: unadapted).values
        let fromZero = Self.slope(without, state.values, layout.modules.map(\.b))
        #expect((fromZero - -0.0080053588).magnitude < 1e-3 * 0.0080053588)
    }

    /// LoRA on every matrix of some layers, the factor of what it adds being 2.
    private static func network(_ file: URL, gradientsFrom: Int?, layers: [Int], rank: Int) throws -> Network {
        let backbone = try Backbone(folder: file, gradientsFrom: gradientsFrom)
        let configuration = backbone.configuration
        let lora = AdapterSpecification.LoRA(
            rank: rank, alpha: Float(2 * rank), targets: TargetModule.all(of: configuration.modelType), layers: layers)
        let layout = AdapterLayout(AdapterSpecification(lora: lora, promptWeight: 0), backbone: configuration)
        return try Network(backbone: backbone, layout: layout)
    }

    private static func whole(_ ensemble: LanguageEnsemble, _ tokens: [[Int32]]) -> [TokenScores] {
        ensemble.feed(tokens, to: tokens.map { _ in ensemble.stream() }, wanted: tokens.map { 0..<$0.count })
    }

    /// Checks what all members say of a text: none has learned anything.
    private static func check(_ golden: Golden, _ scores: TokenScores) {
        for member in 0..<scores.members {
            let losses = golden.tokens.indices.dropFirst().map { index in
                -Double(
                    scores.logProbability(
                        member: member, place: index - 1, token: golden.tokens[index]))
            }
            #expect((losses.reduce(0, +) / Double(losses.count) - golden.mean).magnitude < 1e-3)
            for (loss, expected) in zip(losses, golden.losses ?? losses) {
                #expect((loss - expected).magnitude < 1e-3)
            }
            let last = golden.tokens.count - 1
            let row = scores.values[scores.range(member: member, place: last)]
            let likeliest = row.indices.sorted { row[$0] > row[$1] }.prefix(golden.likeliest.count)
            #expect(likeliest.map { Int32($0 - row.startIndex) } == golden.likeliest.map(\.token))
            for (token, logit) in golden.likeliest {
                let found = Double(scores.logProbability(member: member, place: last, token: token))
                #expect((found - (logit - golden.logSum)).magnitude < 1e-3)
            }
        }
    }

    /// A = 0.02 sin(0.1 + 0.37 r + 0.011 i + 0.5 l + 0.3 k), B = 0.02 cos(0.2 + 0.013 o + 0.29 r + 0.7 l + 0.4 k), for
    /// row r of the rank, input i, output o, layer l and the k-th matrix of a layer.
    private static func fill(_ values: inout [Float], _ module: AdapterLayout.AdaptedModule) {
        let rank = module.a.count / module.inputs
        let (l, k) = (Double(module.layer), Double(TargetModule.all(of: .llama).firstIndex(of: module.module) ?? 0))
        for r in 0..<rank {
            for i in 0..<module.inputs {
                let angle = 0.1 + 0.37 * Double(r) + 0.011 * Double(i) + 0.5 * l + 0.3 * k
                values[module.a.lowerBound + r * module.inputs + i] = Float(0.02 * sin(angle))
            }
            for o in 0..<module.outputs {
                let angle = 0.2 + 0.013 * Double(o) + 0.29 * Double(r) + 0.7 * l + 0.4 * k
                values[module.b.lowerBound + o * rank + r] = Float(0.02 * cos(angle))
            }
        }
    }

    /// How fast the loss changes when some parameters grow in proportion.
    private static func slope(_ gradient: [Float], _ values: [Float], _ ranges: [Range<Int>]) -> Double {
        ranges.joined().reduce(0) { $0 + Double(gradient[$1]) * Double(values[$1]) }
    }
}
