extension BackboneConfiguration {
    /// The values that only a causal model has.
    package struct Decoder: Sendable, Equatable {
        /// Heads of key and value of a layer; each serves `heads / keyValueHeads` heads of the query.
        package let keyValueHeads: Int
        /// The length of a head's vectors; `heads * headSize` need not be `hiddenSize`.
        package let headSize: Int
        /// What norms add to a mean of squares or a variance.
        package let normEpsilon: Float
        /// How a token's place reaches the model.
        package let positions: Positions
        /// Whether the output matrix is the token embedding; its file then has one matrix for both.
        package let isTied: Bool
        /// Whether the projections to query, key and value have biases.
        package let hasAttentionBias: Bool
        /// Whether the projection of attention's result has a bias.
        package let hasOutputBias: Bool
        /// Whether the matrices of the feed-forward block have biases.
        package let hasFeedForwardBias: Bool
        /// Whether query and key are normed, head by head, before they are rotated.
        package let normsQueryAndKey: Bool

        /// Takes the values as they are; `BackboneConfiguration` checks them.
        package init(
            keyValueHeads: Int, headSize: Int, normEpsilon: Float, positions: Positions, isTied: Bool,
            hasAttentionBias: Bool = false, hasOutputBias: Bool = false, hasFeedForwardBias: Bool = false,
            normsQueryAndKey: Bool = false
        ) {
            self.keyValueHeads = keyValueHeads
            self.headSize = headSize
            self.normEpsilon = normEpsilon
            self.positions = positions
            self.isTied = isTied
            self.hasAttentionBias = hasAttentionBias
            self.hasOutputBias = hasOutputBias
            self.hasFeedForwardBias = hasFeedForwardBias
            self.normsQueryAndKey = normsQueryAndKey
        }
    }

    /// How a token's place reaches a causal model.
    package enum Positions: Sendable, Equatable {
        /// A learned vector for each place, added to the token's.
        case learned
        /// Query and key are rotated by angles that grow with the place (RoPE, Su et al. 2021).
        case rotary(Rotary)
    }

    /// The angles of a rotary embedding.
    package struct Rotary: Sendable, Hashable {
        /// The base of the frequencies: theta^(-2i / headSize).
        package let theta: Float
        /// What becomes of the frequencies.
        package let scaling: Scaling

        /// A base, and what becomes of its frequencies.
        package init(theta: Float, scaling: Scaling = .none) {
            self.theta = theta
            self.scaling = scaling
        }

        /// How a model's frequencies were stretched to longer texts.
        package enum Scaling: Sendable, Hashable {
            case none
            /// Every frequency is divided by a factor.
            case linear(factor: Float)
            /// Llama 3: low frequencies are divided, high ones stay, those between are mixed.
            case llama3(factor: Float, lowFactor: Float, highFactor: Float, originalPositions: Int)
            /// Each frequency has its own divisor, (headSize / 2), as GGUF files keep them.
            case divisors([Float])
        }
    }

    /// The width of the projection to the query: that of all its heads.
    package var queryWidth: Int {
        switch family {
        case .encoder: hiddenSize
        case .decoder(let decoder): heads * decoder.headSize
        }
    }

    /// The width of the projection to the key, and of that to the value.
    package var keyValueWidth: Int {
        switch family {
        case .encoder: hiddenSize
        case .decoder(let decoder): decoder.keyValueHeads * decoder.headSize
        }
    }
}
