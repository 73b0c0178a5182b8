import ArgumentParser
import Engine
import Foundation
import Unlearning

/// A model in training on features that are at hand.
final class StepBench {
    struct Round {
        var (records, tokens) = (0, 0)
        var (operations, seconds) = (0.0, 0.0)
    }

    private let trainer: BatchTrainer
    private let features: [Features]
    private let lengths: [Int]
    private let arithmetic: StepArithmetic
    private let batch: Int
    private var state: AdapterState
    private var optimizer: Optimizer
    private var next = 0

    init(_ options: Step) throws {
        let folder = URL(filePath: options.backbone)
        let configuration = try BackboneConfiguration(ModelFolder(folder))
        let top: Int
        switch options.layers {
        case "all": top = configuration.layers
        case "head": top = 0
        default:
            guard let count = Int(options.layers), (0...configuration.layers).contains(count) else {
                throw ValidationError(
                    "--layers is '\(options.layers)'; this backbone has \(configuration.layers): "
                        + "`all`, `head`, or how many of the top ones.")
            }
            top = count
        }
        let lora = AdapterSpecification.LoRA(
            rank: 8, alpha: 16, targets: [.query, .value],
            layers: Array(configuration.layers - top..<configuration.layers))
        let specification = AdapterSpecification(lora: top == 0 ? nil : lora, labels: options.labels, pooling: .mean)
        let layout = AdapterLayout(specification, backbone: configuration)
        let network = try Network(
            backbone: Backbone(folder: folder, gradientsFrom: layout.firstLayer), layout: layout)
        let tokens = try Self.tokens(options, Tokenizer(folder: folder))
        lengths = tokens.map(\.count)
        features = try Trunk(network).features(of: tokens, threads: options.threads)
        trainer = BatchTrainer(network, threads: options.threads)
        state = AdapterState(seed: 1, shard: 0, layout: layout)
        optimizer = .adamW(AdamW(count: layout.count, settings: .init()))
        arithmetic = StepArithmetic(configuration: configuration, layers: top, rank: 8, labels: options.labels)
        batch = options.batch
        labels = options.labels
    }

    private let labels: Int

    private static func tokens(_ options: Step, _ tokenizer: Tokenizer) throws -> [[Int32]] {
        struct Enough: Error {}
        var tokens: [[Int32]] = []
        let columns = Columns(id: Columns.rowNumber, text: options.text)
        do {
            try RecordReader(columns: columns, labels: .optional).forEach(file: URL(filePath: options.data)) {
                record, _ in
                tokens.append(tokenizer.encode(record.text, maximumTokens: options.maxTokens))
                if tokens.count == options.records { throw Enough() }
            }
        } catch is Enough {}
        return tokens
    }

    /// Whole steps for at least so many seconds.
    @discardableResult
    func run(seconds: Double) -> Round {
        var round = Round()
        let clock = ContinuousClock()
        let start = clock.now
        repeat {
            let part = next..<min(next + batch, features.count)
            next = part.upperBound + batch > features.count ? 0 : part.upperBound
            _ = try? trainer.step(
                &state, &optimizer, part.map { Example(features[$0], .label($0 % labels)) },
                learningRate: 1e-4, headLearningRate: 1e-4)
            round.records += part.count
            for record in part {
                round.tokens += lengths[record]
                round.operations += arithmetic.operations(tokens: lengths[record])
            }
            round.seconds = start.duration(to: clock.now).seconds
        } while round.seconds < seconds
        return round
    }
}
