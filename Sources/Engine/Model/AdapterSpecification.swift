/// What trains: low-rank matrices beside frozen ones and the task's head, or the head alone.
package struct AdapterSpecification: Sendable, Equatable {
    /// LoRA (Hu et al. 2021): y = W x + b + (alpha / rank) B A x.
    package struct LoRA: Sendable, Equatable {
        /// The length of A x.
        package var rank: Int
        /// Times 1 / rank, the factor of what LoRA adds.
        package var alpha: Float
        /// The adapted matrices of each layer, in the order of `TargetModule`.
        package var targets: [TargetModule]
        /// Layer indices from 0, ascending.
        package var layers: [Int]

        /// Targets and layers may come in any order, and more than once.
        package init(rank: Int, alpha: Float, targets: [TargetModule], layers: [Int]) {
            self.rank = rank
            self.alpha = alpha
            self.targets = TargetModule.allCases.filter(targets.contains)
            self.layers = Set(layers).sorted()
        }
    }

    /// `nil`: head only (SISA-FC of Kumar et al. 2022).
    package var lora: LoRA?
    /// What is learned.
    package var task: Task

    /// A classification with `labels` labels.
    package init(lora: LoRA?, labels: Int, pooling: Pooling) {
        self.lora = lora
        task = .classification(labels: labels, pooling: pooling)
    }

    /// A generation, whose head is frozen; `promptWeight`: the weight of the prompts' tokens in the loss.
    package init(lora: LoRA, promptWeight: Float) {
        self.lora = lora
        task = .generation(promptWeight: promptWeight)
    }

    /// How many labels the head tells apart: the columns of the logits. 0 where the head is frozen.
    package var labels: Int {
        switch task {
        case .classification(let labels, _): labels
        case .generation: 0
        }
    }

    /// What the head reads of a record's token vectors; nil where it reads each by itself.
    package var pooling: Pooling? {
        switch task {
        case .classification(_, let pooling): pooling
        case .generation: nil
        }
    }
}
