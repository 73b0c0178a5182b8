internal import Foundation

/// Where frozen weights come from: a file, or, for a backbone whose config.json has an `initializer_seed`, a random function.
///
/// Files name their tensors with the model's own prefix (`bert.`) or without; old ones call a norm's scale and shift `gamma` and
/// `beta`. Both are resolved here, so nothing above knows.
struct WeightSource {
    let configuration: BackboneConfiguration
    private enum Origin {
        case file(SafeTensors, prefix: String)
        case seed(UInt64)
    }
    private let origin: Origin

    init(folder: URL, configuration: BackboneConfiguration, blocks: BlockDigests? = nil) throws {
        self.configuration = configuration
        if let seed = configuration.seed {
            origin = .seed(seed)
            return
        }
        let url = folder.appending(path: "model.safetensors")
        guard FileManager.default.fileExists(atPath: url.path) else { throw NetworkError.noWeights(path: url.path) }
        let file = try SafeTensors(contentsOf: url, blocks: blocks)
        let prefix = "\(configuration.modelType.rawValue)."
        let isPrefixed = file.contains(prefix + "embeddings.word_embeddings.weight")
        origin = .file(file, prefix: isPrefixed ? prefix : "")
    }

    /// A weight matrix; seeded ones are U(-1/sqrt(columns), 1/sqrt(columns)).
    func matrix(_ name: String, _ shape: [Int]) throws -> [Float] {
        try tensor(name, shape) { 1 / Float(shape[1]).squareRoot() }
    }

    /// An embedding table; seeded ones are U(-1, 1), so that tokens differ.
    func table(_ name: String, _ shape: [Int]) throws -> [Float] {
        try tensor(name, shape) { 1 }
    }

    /// A bias, a scale or a shift; seeded ones are constant.
    func vector(_ name: String, _ count: Int, seeded value: Float) throws -> [Float] {
        switch origin {
        case .file(let file, let prefix): try file.floats(prefix + name, shape: [count])
        case .seed: [Float](repeating: value, count: count)
        }
    }

    func norm(_ name: String) throws -> LayerNorm {
        let count = configuration.hiddenSize
        var (scale, shift) = (name + ".weight", name + ".bias")
        if case .file(let file, let prefix) = origin, file.contains(prefix + name + ".gamma") {
            (scale, shift) = (name + ".gamma", name + ".beta")
        }
        return LayerNorm(
            scale: try vector(scale, count, seeded: 1), shift: try vector(shift, count, seeded: 0),
            epsilon: configuration.layerNormEpsilon)
    }

    func pooler(needsGradient: Bool) throws -> FrozenLinear? {
        if case .file(let file, let prefix) = origin, !file.contains(prefix + "pooler.dense.weight") { return nil }
        let hidden = configuration.hiddenSize
        return FrozenLinear(
            weights: try matrix("pooler.dense.weight", [hidden, hidden]),
            bias: try vector("pooler.dense.bias", hidden, seeded: 0), inputs: hidden, needsGradient: needsGradient)
    }

    private func tensor(_ name: String, _ shape: [Int], bound: () -> Float) throws -> [Float] {
        switch origin {
        case .file(let file, let prefix):
            return try file.floats(prefix + name, shape: shape)
        case .seed(let seed):
            return Philox(seed: seed, purpose: "backbone", context: [name])
                .uniforms(shape.reduce(1, *), bound: bound())
        }
    }
}
