internal import Foundation

/// Where frozen weights come from: a file, or, for a backbone whose config.json has an `initializer_seed`, a random
/// function.
///
/// Files name their tensors with the model's own prefix (`bert.`) or without; old ones call a norm's scale and shift
/// `gamma` and `beta`. Both are resolved here, so nothing above knows.
struct WeightSource {
    let configuration: BackboneConfiguration
    private enum Origin {
        case files([SafeTensors], prefix: String)
        case seed(UInt64)
    }
    private let origin: Origin

    /// Opens the files of weights. `blocks`: what they must hold, by name; nil: they were compared already.
    init(folder: ModelFolder, configuration: BackboneConfiguration, blocks: [String: BlockDigests]? = nil) throws {
        self.configuration = configuration
        if let seed = configuration.seed {
            origin = .seed(seed)
            return
        }
        let files = try folder.weights.map { name in
            let url = folder.url.appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path) else { throw NetworkError.noWeights(path: url.path) }
            return try SafeTensors(contentsOf: url, blocks: blocks?[name])
        }
        let prefix = "\(configuration.modelType.rawValue)."
        let isPrefixed = files.contains { $0.contains(prefix + "embeddings.word_embeddings.weight") }
        origin = .files(files, prefix: isPrefixed ? prefix : "")
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
        case .files(let files, let prefix): try Self.read(prefix + name, [count], files)
        case .seed: [Float](repeating: value, count: count)
        }
    }

    /// The scale and shift of a layer norm, (hidden) each.
    func norm(_ name: String, epsilon: Float) throws -> LayerNorm {
        let count = configuration.hiddenSize
        var (scale, shift) = (name + ".weight", name + ".bias")
        if contains(name + ".gamma") == true {
            (scale, shift) = (name + ".gamma", name + ".beta")
        }
        return LayerNorm(
            scale: try vector(scale, count, seeded: 1), shift: try vector(shift, count, seeded: 0),
            epsilon: epsilon)
    }

    /// The model's own pooler, (hidden) to (hidden); nil where its files have none.
    func pooler(needsGradient: Bool) throws -> FrozenLinear? {
        if contains("pooler.dense.weight") == false { return nil }
        let hidden = configuration.hiddenSize
        return FrozenLinear(
            weights: try matrix("pooler.dense.weight", [hidden, hidden]),
            bias: try vector("pooler.dense.bias", hidden, seeded: 0), inputs: hidden, needsGradient: needsGradient)
    }

    private func tensor(_ name: String, _ shape: [Int], bound: () -> Float) throws -> [Float] {
        switch origin {
        case .files(let files, let prefix):
            return try Self.read(prefix + name, shape, files)
        case .seed(let seed):
            return Philox(seed: seed, purpose: "backbone", context: [name])
                .uniforms(shape.reduce(1, *), bound: bound())
        }
    }

    /// Whether the files have a tensor of this name; nil where the weights are seeded.
    private func contains(_ name: String) -> Bool? {
        guard case .files(let files, let prefix) = origin else { return nil }
        return files.contains { $0.contains(prefix + name) }
    }

    /// A tensor from the file that has it; a missing one is told of the first.
    private static func read(_ name: String, _ shape: [Int], _ files: [SafeTensors]) throws -> [Float] {
        let file = files.first { $0.contains(name) } ?? files[0]
        return try file.floats(name, shape: shape)
    }
}
