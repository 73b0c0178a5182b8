/// A matrix of an encoder layer that LoRA can adapt; matched by its whole name, never by a part of it.
package enum TargetModule: String, CaseIterable, Codable, Sendable {
    case query
    case key
    case value
    case attentionOutput = "attention.output"
    case intermediate
    case output

    /// Where PEFT finds the module inside a BERT layer.
    package var path: String {
        switch self {
        case .query, .key, .value: "attention.self.\(rawValue)"
        case .attentionOutput: "attention.output.dense"
        case .intermediate: "intermediate.dense"
        case .output: "output.dense"
        }
    }
}

/// How a record's token vectors become the one vector that the head reads.
package enum Pooling: String, CaseIterable, Codable, Sendable {
    /// The mean over all tokens, the special ones included.
    case mean
    /// The first token's vector.
    case cls
    /// The model's own frozen pooler: tanh(W cls + b).
    case pooler
}

/// What trains: low-rank matrices beside frozen ones and a linear head, or the head alone.
package struct AdapterSpecification: Sendable, Equatable {
    /// LoRA (Hu et al. 2021): y = W x + b + (alpha / rank) B A x.
    package struct LoRA: Sendable, Equatable {
        package var rank: Int
        package var alpha: Float
        package var targets: [TargetModule]
        /// Layer indices from 0, ascending.
        package var layers: [Int]

        package init(rank: Int, alpha: Float, targets: [TargetModule], layers: [Int]) {
            self.rank = rank
            self.alpha = alpha
            self.targets = TargetModule.allCases.filter(targets.contains)
            self.layers = Set(layers).sorted()
        }
    }

    /// `nil`: head only (SISA-FC of Kumar et al. 2022).
    package var lora: LoRA?
    package var labels: Int
    package var pooling: Pooling

    package init(lora: LoRA?, labels: Int, pooling: Pooling) {
        self.lora = lora
        self.labels = labels
        self.pooling = pooling
    }
}
