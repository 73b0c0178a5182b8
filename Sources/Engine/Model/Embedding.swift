/// What turns token ids into the vectors that the lowest layer reads.
enum InputEmbedding: Sendable {
    case encoder(Embedding)
    case decoder(DecoderEmbedding)

    /// Reads the embedding of a backbone.
    init(_ source: WeightSource) throws {
        switch source.configuration.family {
        case .encoder(let encoder): self = .encoder(try Embedding(source, encoder))
        case .decoder(let decoder): self = .decoder(try DecoderEmbedding(source, decoder))
        }
    }

    /// That of a causal model, of which generations ask more.
    var decoder: DecoderEmbedding {
        guard case .decoder(let embedding) = self else { preconditionFailure("a token is asked of an encoder") }
        return embedding
    }

    /// tokens of a chunk's records, one after another -> buffers.result (tokens, hidden).
    func forward(_ records: ArraySlice<[Int32]>, _ chunk: Chunk, hidden: Int, _ buffers: inout LayerBuffers) {
        switch self {
        case .encoder(let embedding): embedding.forward(records, hidden: hidden, &buffers)
        case .decoder(let embedding):
            embedding.forward(Array(records.joined()), at: chunk.positions, hidden: hidden, into: &buffers.result)
        }
    }
}

/// Token, position and segment vectors, summed and normed: (word + segment 0) + position.
struct Embedding: Sendable {
    private let words: [Float]  // (vocabulary, hidden)
    private let positions: [Float]  // (positions, hidden)
    private let segment: [Float]  // (hidden), the first segment; empty where the model has none
    private let norm: LayerNorm

    init(_ source: WeightSource, _ encoder: BackboneConfiguration.Encoder) throws {
        let configuration = source.configuration
        let hidden = configuration.hiddenSize
        words = try source.table("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try source.table(
            "embeddings.position_embeddings.weight", [configuration.maximumPositions, hidden])
        if encoder.typeVocabularySize > 0 {
            let table = try source.table(
                "embeddings.token_type_embeddings.weight", [encoder.typeVocabularySize, hidden])
            segment = Array(table.prefix(hidden))
        } else {
            segment = []
        }
        norm = try source.norm("embeddings.LayerNorm", epsilon: encoder.layerNormEpsilon)
    }

    /// tokens of a chunk's records, one after another -> buffers.result (tokens, hidden).
    func forward(_ records: ArraySlice<[Int32]>, hidden: Int, _ buffers: inout LayerBuffers) {
        var row = 0
        for tokens in records {
            for (position, token) in tokens.enumerated() {
                let word = Int(token) * hidden
                let place = position * hidden
                let target = row * hidden
                if segment.isEmpty {
                    for c in 0..<hidden {
                        buffers.outputSum[target + c] = words[word + c] + positions[place + c]
                    }
                } else {
                    for c in 0..<hidden {
                        buffers.outputSum[target + c] = (words[word + c] + segment[c]) + positions[place + c]
                    }
                }
                row += 1
            }
        }
        Rows.layerNorm(
            rows: row, columns: hidden, &buffers.outputSum, plus: nil, norm, into: &buffers.result,
            mean: &buffers.outputMean, rstd: &buffers.outputRstd)
    }
}
