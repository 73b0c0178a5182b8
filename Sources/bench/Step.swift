import ArgumentParser
import Engine
import Foundation
import Unlearning

/// Training steps of LoRA on real text: tokens per second, and how near that is to the arithmetic floor.
struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Training throughput on real text.",
        discussion: "LoRA rank 8 on query and value, AdamW, batch 16: what PEFT's users start with.")

    @Option(help: "A backbone folder.") var backbone: String
    @Option(help: "A .csv or .tsv file with texts.") var data: String
    @Option(help: "The text column.") var text = "text"
    @Option(help: "`all`, or how many of the top layers adapt.") var layers = "all"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Records a batch.") var batch = 16
    @Option(help: "Most tokens a record.") var maxTokens = 128
    @Option(help: "Seconds to run.") var seconds = 20.0
    @Flag(help: "Print JSON.") var json = false

    private struct Result: Encodable {
        let layers: String
        let threads: Int
        let tokensPerSecond, recordsPerSecond, gflops: Double
    }

    func run() throws {
        let folder = URL(filePath: backbone)
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let top = layers == "all" ? configuration.layers : Int(layers) ?? configuration.layers
        let specification = AdapterSpecification(
            lora: .init(
                rank: 8, alpha: 16, targets: [.query, .value],
                layers: Array(configuration.layers - top..<configuration.layers)), labels: 3, pooling: .mean)
        let layout = AdapterLayout(specification, backbone: configuration)
        let network = try Network(
            backbone: Backbone(folder: folder, gradientsFrom: layout.firstLayer), layout: layout)
        let tokenizer = try Tokenizer(folder: folder)
        var tokens: [[Int32]] = []
        let columns = Columns(id: Columns.rowNumber, text: text)
        try RecordReader(columns: columns, labels: .optional).forEach(file: URL(filePath: data)) { record, _ in
            tokens.append(tokenizer.encode(record.text, maximumTokens: maxTokens))
        }
        let features = try Trunk(network).features(of: tokens, threads: threads)
        let trainer = BatchTrainer(network, threads: threads)
        var state = AdapterState(seed: 1, shard: 0, layout: layout)
        var optimizer = AdamW(count: layout.count, settings: .init())
        let clock = ContinuousClock()
        var seen = 0
        var records = 0
        var start = clock.now
        for step in 0... {
            let first = step * batch % max(1, features.count - batch)
            let part = Array(features[first..<min(first + batch, features.count)])
            _ = try trainer.step(
                &state, &optimizer, features: part, targets: part.indices.map { $0 % 3 }, learningRate: 1e-4,
                headLearningRate: 1e-4)
            if step == 3 { start = clock.now }
            if step <= 3 { continue }
            seen += part.reduce(0) { $0 + $1.rows }
            records += part.count
            if start.duration(to: clock.now).seconds > seconds { break }
        }
        let elapsed = start.duration(to: clock.now).seconds
        let rate = Double(seen) / elapsed
        let result = Result(
            layers: layers, threads: threads, tokensPerSecond: rate,
            recordsPerSecond: Double(records) / elapsed, gflops: rate * flops(configuration, top) / 1e9)
        if json { return try Timing.json(result) }
        print(
            "layers \(layers), \(threads) threads: \(Timing.fixed(rate, 0)) tokens/s, "
                + "\(Timing.fixed(result.recordsPerSecond, 1)) records/s, "
                + "\(Timing.fixed(result.gflops, 1)) GFLOP/s of frozen matrix products")
    }

    /// Floating-point operations of the frozen products a token: forward in every adapted layer; backward in all of them but for the
    /// input of the lowest. Attention, LoRA and elementwise work come on top and are not counted.
    private func flops(_ c: BackboneConfiguration, _ layers: Int) -> Double {
        let square = Double(c.hiddenSize * c.hiddenSize)
        let wide = Double(2 * c.hiddenSize * c.intermediateSize)
        let forward = Double(layers) * (4 * square + wide)
        let backward = Double(layers) * (4 * square + wide) - 3 * square
        return 2 * (forward + backward)
    }
}
