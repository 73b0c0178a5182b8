package import Engine

extension Recipe {
    /// What is trained on top of the frozen backbone.
    package enum Adapter: Sendable, Equatable, Codable {
        /// The classification head alone (SISA-FC of Kumar et al. 2022).
        case head
        /// Low-rank updates of chosen matrices, and the head.
        case lora(LoRA)
    }

    package struct LoRA: Sendable, Equatable, Codable {
        package var rank = 8
        package var alpha = 16.0
        /// In the order of `TargetModule`, whatever the order in the file: the order changes no trained weight.
        package var targetModules: [TargetModule] = [.query, .value]
        package var layers = LayerSelection.all
        package var stages = AdapterStages.whole

        package init() {}
    }

    /// What of the adapter a stage trains. The head always trains.
    package enum AdapterStages: String, Sendable, Codable, CaseIterable {
        /// Every stage trains all of it.
        case whole
        /// Stage i trains the i-th block of layers from the top, and all others stay as they are (S3T).
        case layers
    }

    /// Which layers get low-rank updates; layer 0 is next to the embeddings.
    package enum LayerSelection: Sendable, Equatable, Codable {
        case all
        /// The n layers nearest to the head.
        case top(Int)
        /// Ascending, without repeats.
        case indices([Int])
    }
}

extension Recipe.Adapter {
    /// Whether each stage trains a block of layers of its own.
    package var trainsBlocks: Bool {
        if case .lora(let lora) = self { lora.stages == .layers } else { false }
    }
}
