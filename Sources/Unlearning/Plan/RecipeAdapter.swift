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

        package init() {}
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
