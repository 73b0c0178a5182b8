/// Where frozen weights come from: a file, or, for a backbone whose config.json has an `initializer_seed`, a random
/// function.
///
/// Tensors are asked for by the names of Hugging Face. Old files call a norm's scale and shift `gamma` and `beta`; that
/// is resolved here, and all else in which files differ in `WeightFiles`, so nothing above knows.
struct WeightSource {
    let configuration: BackboneConfiguration
    private enum Origin {
        case files(WeightFiles)
        case seed(UInt64)
    }
    private let origin: Origin

    /// Opens the files of weights. `blocks`: what they must hold, by name; nil: they were compared already.
    init(folder: ModelFolder, configuration: BackboneConfiguration, blocks: [String: BlockDigests]? = nil) throws {
        self.configuration = configuration
        if let seed = configuration.seed {
            origin = .seed(seed)
        } else {
            origin = .files(try WeightFiles(folder, configuration, blocks: blocks))
        }
    }

    /// An embedding table; seeded ones are U(-1, 1), so that tokens differ.
    func table(_ name: String, _ shape: [Int]) throws -> [Float] {
        try storedTable(name, shape).floats()
    }

    /// A weight matrix, (outputs, inputs), as its file keeps it; seeded ones are U(-1/sqrt(columns), 1/sqrt(columns)).
    func storedMatrix(_ name: String, _ shape: [Int]) throws -> StoredRows {
        try tensor(name, shape) { 1 / Float(shape[1]).squareRoot() }
    }

    /// An embedding table, (rows, columns), as its file keeps it: whoever gathers rows widens only those.
    func storedTable(_ name: String, _ shape: [Int]) throws -> StoredRows {
        try tensor(name, shape) { 1 }
    }

    /// A bias, a scale or a shift; seeded ones are constant.
    func vector(_ name: String, _ count: Int, seeded value: Float) throws -> [Float] {
        switch origin {
        case .files(let files): try files.rows(name, [count]).floats()
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
            [try storedMatrix("pooler.dense.weight", [hidden, hidden])],
            bias: try vector("pooler.dense.bias", hidden, seeded: 0), needsGradient: needsGradient)
    }

    private func tensor(_ name: String, _ shape: [Int], bound: () -> Float) throws -> StoredRows {
        switch origin {
        case .files(let files): return try files.rows(name, shape)
        case .seed(let seed):
            let values = Philox(seed: seed, purpose: "backbone", context: [name])
                .uniforms(shape.reduce(1, *), bound: bound())
            return StoredRows(values, rows: shape.dropLast().reduce(1, *), columns: shape[shape.count - 1])
        }
    }

    /// Whether the files have a tensor of this name; nil where the weights are seeded.
    private func contains(_ name: String) -> Bool? {
        guard case .files(let files) = origin else { return nil }
        return files.contains(name)
    }
}
