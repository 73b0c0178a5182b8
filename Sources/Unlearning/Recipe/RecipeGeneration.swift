package import Engine

extension Recipe {
    /// What records teach: it decides which other keys there are.
    package enum TaskKind: String, Sendable, CaseIterable {
        /// A label for each text, on an encoder.
        case classification
        /// The completion of each prompt, on a causal model.
        case generation
    }

    /// The choices that only a generation has.
    package struct Generation: Sendable, Equatable, Codable {
        /// How a prompt is written for the model.
        package var template = PromptTemplate.plain
        /// What becomes of records that are longer than `maxTokens`.
        package var overlong = Overlong.truncate
        /// The weight of the prompts' tokens in the loss, beside that of the completions, which is 1.
        package var promptWeight = 0.0
        /// How the shards' next-token distributions become one.
        package var aggregation = TokenAggregation.posterior(tau: TokenAggregation.tau)

        /// The plain template, prompts that are not scored.
        package init() {}

        /// Tokens of a record where a recipe does not say.
        static let maxTokens = 512
    }

    /// What becomes of a record that is longer than it may be.
    package enum Overlong: String, Sendable, Codable, CaseIterable {
        /// The end of its completion is left out.
        case truncate
        /// The file is refused.
        case refuse
    }

    /// What the recipe's records teach.
    package var task: TaskKind { generation == nil ? .classification : .generation }

    /// Makes the task another, with the defaults of everything that depends on it.
    mutating func begin(_ task: TaskKind) {
        let defaults = Recipe(name: name, backbone: backbone, data: data, labels: [])
        (generation, maxTokens, adapter) = (nil, defaults.maxTokens, defaults.adapter)
        data.columns.dialogue = nil
        guard task == .generation else { return }
        generation = Generation()
        maxTokens = Generation.maxTokens
        data.columns.dialogue = .usual
        adapter = .lora(.usual(for: task))
    }
}

extension Recipe.LoRA {
    /// The low-rank updates of a task whose recipe says nothing of them.
    static func usual(for task: Recipe.TaskKind) -> Self {
        var lora = Self()
        if task == .generation { (lora.moduleSet, lora.targetModules) = (.usual, []) }
        return lora
    }
}
