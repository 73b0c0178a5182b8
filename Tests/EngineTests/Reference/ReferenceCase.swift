import Foundation
import TestSupport

@testable import Engine

/// One run of the reference implementation (tools/reference/engine_golden.py), and the same model here.
struct ReferenceCase {
    struct Settings: Decodable {
        let model: String
        let pooling: String
        let labels: Int
        let rank: Int
        let alpha: Float
        let target_modules: [String]
        let layers: [Int]
        let tokens: [[Int32]]
        let targets: [Int]
        let learning_rate: Float
        let head_learning_rate: Float
        let weight_decay: Float
        let steps: Int
        let losses: [Float]
    }

    let settings: Settings
    let network: Network
    private let folder: URL

    init(_ name: String) throws {
        guard let resources = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        folder = resources.appending(path: "Fixtures/engine/\(name)")
        settings = try JSONDecoder().decode(
            Settings.self, from: Data(contentsOf: folder.appending(path: "case.json")))
        let model =
            settings.model == "minilm-l6" ? TestData.miniLM : folder.appending(path: settings.model)
        guard let model, let pooling = Pooling(rawValue: settings.pooling) else {
            throw CocoaError(.fileNoSuchFile)
        }
        let targets = settings.target_modules.compactMap { TargetModule(rawValue: $0) }
        let lora =
            targets.isEmpty
            ? nil
            : AdapterSpecification.LoRA(
                rank: settings.rank, alpha: settings.alpha, targets: targets, layers: settings.layers)
        let configuration = try BackboneConfiguration(contentsOf: model.appending(path: "config.json"))
        let layout = AdapterLayout(
            AdapterSpecification(lora: lora, labels: settings.labels, pooling: pooling), backbone: configuration)
        network = try Network(
            backbone: Backbone(folder: model, gradientsFrom: layout.firstLayer), layout: layout)
    }

    private func file(_ name: String) throws -> SafeTensors {
        try SafeTensors(contentsOf: folder.appending(path: name + ".safetensors"))
    }

    /// A parameter buffer from a file of PEFT's tensor names. Every tensor of the file must be one of ours, and the
    /// other way round.
    func parameters(_ name: String) throws -> [Float] {
        let file = try file(name)
        guard Set(file.names) == Set(network.layout.tensors.map(\.name)) else {
            throw CocoaError(.coderInvalidValue)
        }
        return try network.layout.tensors.flatMap { try file.floats($0.name, shape: $0.shape) }
    }

    /// The run's batch, given its features.
    func examples(_ features: [Features]) -> [Example] {
        zip(features, settings.targets).map { Example($0, .label($1)) }
    }

    func output(_ name: String) throws -> [Float] {
        let file = try file("outputs")
        return try file.floats(name, shape: file.shape(of: name) ?? [])
    }
}

/// The largest difference, and the largest magnitude of what was expected.
func difference(_ found: some Collection<Float>, _ expected: some Collection<Float>) -> (largest: Float, scale: Float) {
    var largest: Float = found.count == expected.count ? 0 : .infinity
    var scale: Float = 0
    for (a, b) in zip(found, expected) {
        largest = max(largest, (a - b).magnitude.isNaN ? .infinity : (a - b).magnitude)
        scale = max(scale, b.magnitude)
    }
    return (largest, scale)
}
