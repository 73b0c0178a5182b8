internal import Engine

extension AdapterSpecification {
    /// A recipe's choices as the engine's, checked against what the backbone has.
    init(_ recipe: Recipe, backbone: BackboneConfiguration) throws {
        let layers = backbone.layers
        try Self.check(recipe.task, backbone)
        guard case .lora(let choice) = recipe.adapter else {
            self.init(lora: nil, labels: recipe.labels.count, pooling: recipe.pooling)
            return
        }
        let indices: [Int] =
            switch choice.layers {
            case .all: Array(0..<layers)
            case .top(let count): Array(max(0, layers - count)..<layers)
            case .indices(let indices): indices
            }
        if case .top(let count) = choice.layers, count > layers {
            throw NetworkError.noSuchLayer(count - 1, layers: layers)
        }
        if let last = indices.max(), last >= layers { throw NetworkError.noSuchLayer(last, layers: layers) }
        guard choice.stages == .whole || recipe.slices <= indices.count else {
            throw NetworkError.tooFewLayers(adapted: indices.count, slices: recipe.slices)
        }
        let lora = LoRA(
            rank: choice.rank, alpha: Float(choice.alpha), targets: try choice.modules(of: backbone.modelType),
            layers: indices)
        if let generation = recipe.generation {
            self.init(lora: lora, promptWeight: Float(generation.promptWeight))
        } else {
            self.init(lora: lora, labels: recipe.labels.count, pooling: recipe.pooling)
        }
    }

    private static func check(_ task: Recipe.TaskKind, _ backbone: BackboneConfiguration) throws(ModelError) {
        switch (task, backbone.family) {
        case (.classification, .encoder), (.generation, .decoder): return
        case (.classification, .decoder), (.generation, .encoder):
            throw .otherTask(modelType: backbone.modelType.rawValue, isCausal: task == .classification)
        }
    }
}

extension Recipe.LoRA {
    /// The adapted matrices of each layer of a model, each of which it must have.
    fileprivate func modules(of type: BackboneConfiguration.ModelType) throws(ModelError) -> [TargetModule] {
        let all = TargetModule.all(of: type)
        switch moduleSet {
        case .allLinear: return all
        case .usual: return type == .gpt2 ? [.fusedAttention] : [.queryProjection, .valueProjection]
        case nil:
            guard let wrong = targetModules.first(where: { !all.contains($0) }) else { return targetModules }
            throw .noSuchModule(wrong.rawValue, modelType: type.rawValue, has: all.map(\.rawValue))
        }
    }
}
