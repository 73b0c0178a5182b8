package import Engine

extension Recipe {
    /// What is trained on top of the frozen backbone.
    package enum Adapter: Sendable, Equatable, Codable {
        /// The classification head alone (SISA-FC of Kumar et al. 2022).
        case head
        /// Low-rank updates of chosen matrices, and the head.
        case lora(LoRA)

        /// Whether each stage trains a block of layers of its own.
        package var trainsBlocks: Bool {
            if case .lora(let lora) = self { lora.stages == .layers } else { false }
        }
    }

    /// Low-rank updates: W x becomes W x + alpha / rank x B (A x).
    package struct LoRA: Sendable, Equatable, Codable {
        /// Rows of A, columns of B.
        package var rank = 8
        /// The scale of the updates, before it is divided by the rank.
        package var alpha = 16.0
        /// In the order of `TargetModule`, whatever the order in the file: the order changes no trained weight.
        package var targetModules: [TargetModule] = [.query, .value]
        /// Matrices that are not named one by one; nil: they are those of `targetModules`.
        package var moduleSet: ModuleSet?
        /// The layers whose matrices are updated.
        package var layers = LayerSelection.all
        /// What of the adapter a stage trains.
        package var stages = AdapterStages.whole

        /// Rank 8 on the queries and values of all layers.
        package init() {}
    }

    /// Matrices of a causal model that a recipe does not name one by one: which they are, the model's family says.
    package enum ModuleSet: String, Sendable, Codable {
        /// The projections to query and value.
        case usual
        /// Every matrix of a layer.
        case allLinear = "all-linear"
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
        /// Every layer.
        case all
        /// The n layers nearest to the head.
        case top(Int)
        /// Ascending, without repeats.
        case indices([Int])
    }

    /// The rule by which gradients change what is trained.
    package struct Optimizer: Sendable, Equatable, Codable {
        /// Which rule.
        package var name = Name.adamw
        /// The full rate of low-rank updates, and of the head.
        package var learningRate = 2e-3, headLearningRate = 1e-2
        /// Decoupled, on every trained tensor.
        package var weightDecay = 0.01
        /// The decay of the first and of the second moment in each step.
        package var beta1 = 0.9, beta2 = 0.999
        /// What is added to the root of the second moment.
        package var epsilon = 1e-8
        /// The course of the rate within one stage.
        package var schedule = Schedule.constant
        /// The fraction of a stage's steps in which the rate climbs to its full height.
        package var warmup = 0.0

        /// AdamW with constant rates.
        package init() {}

        /// The rules there are.
        package enum Name: String, Sendable, Codable, CaseIterable {
            /// Loshchilov and Hutter, 2019.
            case adamw
        }

        /// The course of the learning rate within one stage.
        package enum Schedule: String, Sendable, Codable, CaseIterable {
            /// The full rate in every step after the warm-up.
            case constant
            /// Falls evenly after the warm-up, from the full rate to one step's share of it at the stage's last step.
            case linear
        }
    }
}
