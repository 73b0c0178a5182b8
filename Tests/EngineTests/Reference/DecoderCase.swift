import Foundation
import TestSupport

@testable import Engine

/// One run of the reference implementation (tools/reference/decoder_golden.py), and the same causal model here.
struct DecoderCase {
    /// What all adapters of a model share.
    struct Records: Decodable {
        let tokens: [[Int32]]
        let prompts: [Int]
    }

    struct Settings: Decodable {
        let rank: Int
        let alpha: Float
        let target_modules: [String]
        let layers: [Int]
        let prompt_weight: Float
        let learning_rate: Float
        let weight_decay: Float
        let steps: Int
        let losses: [Float]
    }

    let records: Records
    let settings: Settings
    let network: Network
    private let folder: URL
    private let adapter: String

    init(_ model: String, _ adapter: String) throws {
        guard let resources = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        folder = resources.appending(path: "Fixtures/decoder/\(model)")
        self.adapter = adapter
        let decoder = JSONDecoder()
        records = try decoder.decode(Records.self, from: Data(contentsOf: folder.appending(path: "model.json")))
        settings = try decoder.decode(
            Settings.self, from: Data(contentsOf: folder.appending(path: "\(adapter)/case.json")))
        let lora = AdapterSpecification.LoRA(
            rank: settings.rank, alpha: settings.alpha,
            targets: try settings.target_modules.map { name in
                guard let module = TargetModule(rawValue: name) else { throw CocoaError(.coderInvalidValue) }
                return module
            },
            layers: settings.layers)
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "model/config.json"))
        let layout = AdapterLayout(
            AdapterSpecification(lora: lora, promptWeight: settings.prompt_weight), backbone: configuration)
        network = try Network(
            backbone: Backbone(folder: folder.appending(path: "model"), gradientsFrom: layout.firstLayer),
            layout: layout)
    }

    /// The batch.
    func examples(threads: Int) throws -> [Example] {
        let continuations = zip(records.tokens, records.prompts).map { tokens, prompt in
            Continuation(prompt: Array(tokens[..<prompt]), completion: Array(tokens[prompt...]))
        }
        let features = try Trunk(network).features(of: continuations.map(\.inputs), threads: threads)
        return zip(features, continuations).map { Example($0, .completion($1)) }
    }

    /// A parameter buffer from a file of PEFT's tensor names. Every tensor of the file must be one of ours, and the
    /// other way round.
    func parameters(_ name: String) throws -> [Float] {
        let file = try SafeTensors(contentsOf: folder.appending(path: "\(adapter)/\(name).safetensors"))
        guard Set(file.names) == Set(network.layout.tensors.map(\.name)) else {
            throw CocoaError(.coderInvalidValue)
        }
        return try network.layout.tensors.flatMap { try file.floats($0.name, shape: $0.shape) }
    }

    /// log p of every token after each token of all records, (tokens, vocabulary), computed from the reference's
    /// logits; `adapted`: with the initial adapter.
    func logProbabilities(adapted: Bool) throws -> [Float] {
        let path = adapted ? "\(adapter)/outputs.safetensors" : "outputs.safetensors"
        let file = try SafeTensors(contentsOf: folder.appending(path: path))
        let vocabulary = network.backbone.configuration.vocabularySize
        let logits = try file.floats("logits", shape: [records.tokens.map(\.count).reduce(0, +), vocabulary])
        return stride(from: 0, to: logits.count, by: vocabulary).flatMap { start in
            let row = logits[start..<start + vocabulary].map(Double.init)
            let largest = row.max() ?? 0
            let logSum = largest + log(row.map { exp($0 - largest) }.reduce(0, +))
            return row.map { Float($0 - logSum) }
        }
    }
}
