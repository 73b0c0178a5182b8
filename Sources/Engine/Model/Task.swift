/// What a network learns from records; it decides on the head, and on what a target is.
package enum Task: Sendable, Equatable {
    /// One of `labels` labels for each text, by a linear head on one vector a record.
    case classification(labels: Int, pooling: Pooling)
    /// The tokens of a completion, each from those before it. The loss of a batch is the mean over the tokens of all
    /// completions plus `promptWeight` times the mean over those of all prompts; the head is frozen.
    case generation(promptWeight: Float)
}

extension Task {
    /// Whether models of a family can learn the task.
    func fits(_ family: BackboneConfiguration.Family) -> Bool {
        switch (self, family) {
        case (.classification, .encoder), (.generation, .decoder): true
        case (.classification, .decoder), (.generation, .encoder): false
        }
    }
}

/// How a record's token vectors become the one vector that a classifier reads.
package enum Pooling: String, CaseIterable, Codable, Sendable {
    /// The mean over all tokens, the special ones included.
    case mean
    /// The first token's vector.
    case cls
    /// The model's own frozen pooler: tanh(W cls + b).
    case pooler
}

/// What a record should be answered with.
package enum Target: Sendable, Equatable {
    /// A label's number, from 0.
    case label(Int)
    /// The tokens that follow a prompt.
    case completion(Continuation)
}

/// The tokens of one record of a generation: a prompt and what should follow it.
package struct Continuation: Sendable, Equatable {
    /// All tokens, those of the prompt first.
    package let tokens: [Int32]
    /// How many of them are the prompt's; at least 1, and fewer than all.
    package let prompt: Int

    /// Joins a prompt with its completion; neither is empty.
    package init(prompt: [Int32], completion: [Int32]) {
        precondition(!prompt.isEmpty && !completion.isEmpty, "a prompt or a completion has no token")
        tokens = prompt + completion
        self.prompt = prompt.count
    }

    /// What the network reads: all tokens but the last, since row t predicts token t + 1.
    package var inputs: [Int32] { Array(tokens.dropLast()) }
}

extension Target {
    /// The number of the label that a classification asks for.
    var label: Int {
        guard case .label(let label) = self else { preconditionFailure("a classification was given no label") }
        return label
    }
}

extension Target {
    /// The tokens that a generation asks for.
    var continuation: Continuation {
        guard case .completion(let continuation) = self else {
            preconditionFailure("a generation was given no completion")
        }
        return continuation
    }
}

/// One record as training sees it.
package struct Example: Sendable {
    /// What the frozen part of the network makes of the text.
    package let features: Features
    /// What the network should answer.
    package let target: Target

    /// Pairs a record's features with what should be answered.
    package init(_ features: Features, _ target: Target) {
        self.features = features
        self.target = target
    }
}

/// Softmax cross-entropy, the loss of a classification.
enum CrossEntropy {
    /// logits (records, labels) become their gradients, share * (softmax - one hot). Returns each record's loss.
    static func backward(
        _ logits: inout [Float], labels: Int, targets: some Collection<Int>, share: Float
    ) -> [Float] {
        let records = targets.count
        Rows.softmax(&logits, MatrixView(rows: records, columns: labels), scale: 1)
        var losses: [Float] = []
        losses.reserveCapacity(records)
        for (record, target) in targets.enumerated() {
            let row = record * labels
            // The smallest normal number stands in for a probability that underflowed: the loss stays finite.
            losses.append(-Elementwise.log(max(logits[row + target], .leastNormalMagnitude)))
            logits[row + target] -= 1
        }
        Elementwise.scale(share, 0..<records * labels, of: &logits)
        return losses
    }
}
