import ArgumentParser
import Engine
import Foundation
import Unlearning

/// What an ensemble of S shards costs to ask, beside one shard: the whole way from texts to combined answers.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Throughput and latency of an ensemble, by its number of shards.",
        discussion: """
            Adapter `head` trains the head alone; `lora` has rank 8 on query and value of the top two layers. The \
            shards' weights are random, on which speed does not depend. Every number of shards has its turn in every \
            round, so a busy machine disturbs all alike: `ratio_to_one` is the median, over the rounds, of the time \
            that S shards took for the round's texts over that of one shard. `texts_per_second` is of the best round. \
            p50_ms and p99_ms are of calls with one text each.
            """)

    @Option(help: "A backbone folder.") var backbone: String
    @Option(help: "A .csv or .tsv file with texts.") var data: String
    @Option(help: "The text column.") var text = "text"
    @Option(help: "Adapters to measure: head, lora.") var adapters = "head,lora"
    @Option(help: "Numbers of shards.") var shards = "1,5,20,50"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Texts in all, 256 a round.") var texts = 1024
    @Option(help: "Calls with one text, in all.") var calls = 200
    @Option(help: "Labels.") var labels = 77
    @Option(help: "Most tokens a text.") var maxTokens = 128
    @Option(help: "A shell command to run after, such as `python tools/peers/predict.py`; it is told the same options.")
    var peer: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        try Limits.check(
            ("--threads", threads, Limits.threads), ("--texts", texts, 1...10_000_000),
            ("--calls", calls, 1...1_000_000),
            ("--labels", labels, 2...100_000), ("--max-tokens", maxTokens, 3...65_536))
        _ = try Limits.list("--shards", shards, 1...10_000)
        guard !adapters.isEmpty else { throw ValidationError("--adapters names none; use head, lora or both.") }
    }

    func run() throws {
        var texts: [String] = []
        let columns = Columns(id: Columns.rowNumber, text: text)
        try RecordReader(columns: columns, labels: .optional).forEach(file: URL(filePath: data)) { record, _ in
            texts.append(record.text)
        }
        texts = Array(texts.prefix(self.texts))
        guard !texts.isEmpty else { throw ValidationError("\(data) has no texts; name another file.") }
        let counts = try Limits.list("--shards", shards, 1...10_000)
        var runs: [PredictRun] = []
        for adapter in adapters.split(separator: ",").map(String.init) {
            let model = try Model(try recipe(adapter), backbone: URL(filePath: backbone), training: false)
            for count in counts {
                let members = (0..<count).map { Member(shard: $0, records: 100, state: state($0, model.layout)) }
                runs.append(
                    try PredictRun(adapter, shards: count, Ensemble(model, members, .mean, threads: threads)))
            }
        }
        let rounds = stride(from: 0, to: texts.count, by: 256).map { texts[$0..<min($0 + 256, texts.count)] }
        let calls = (self.calls + rounds.count - 1) / rounds.count
        for run in runs { try run.warmUp(Array(rounds[0].prefix(16))) }
        for round in rounds {
            for run in runs { try run.measure(Array(round), calls: calls) }
        }
        var figures = runs.map { run in
            run.figures(besideOne: runs.first { $0.adapter == run.adapter && $0.shards == 1 })
        }
        if let peer {
            let options = [
                "--backbone", backbone, "--data", data, "--text", text, "--threads", "\(threads)",
                "--texts", "\(self.texts)", "--calls", "\(self.calls)", "--labels", "\(labels)",
                "--max-tokens", "\(maxTokens)", "--shards", shards
            ]
            let theirs: [PredictFigures] = try Peer.run(peer, options, expected: "JSON array of the figures we print")
            figures += theirs
        }
        if json { return try Timing.json(figures) }
        for figure in figures { print(figure.line) }
    }

    private func recipe(_ adapter: String) throws -> Recipe {
        var recipe = Recipe(
            name: "bench", backbone: backbone, data: .init(train: []), labels: (0..<labels).map { "label \($0)" })
        recipe.maxTokens = maxTokens
        switch adapter {
        case "head": recipe.adapter = .head
        case "lora":
            var lora = Recipe.LoRA()
            lora.layers = .top(2)
            recipe.adapter = .lora(lora)
        default: throw ValidationError("'\(adapter)' is no adapter; use head or lora.")
        }
        return recipe
    }

    /// A state that no training made: LoRA's B, which starts at zero, is random too.
    private func state(_ shard: Int, _ layout: AdapterLayout) -> AdapterState {
        AdapterState(
            values: Philox(seed: 1, purpose: "bench", context: ["\(shard)"]).uniforms(layout.count, bound: 0.05))
    }
}
