/// The vectors of tokens and, where the model learned them, of places.
struct DecoderEmbedding: Sendable {
    private let words: [Float]  // (vocabulary, hidden)
    private let places: [Float]  // (positions, hidden); empty where the layers turn query and key instead

    init(_ source: WeightSource, _ decoder: BackboneConfiguration.Decoder) throws {
        let configuration = source.configuration
        let names = DecoderNames(configuration.modelType)
        let hidden = configuration.hiddenSize
        words = try source.table(names.embedding + ".weight", [configuration.vocabularySize, hidden])
        places =
            decoder.positions == .learned
            ? try source.table(names.positions + ".weight", [configuration.maximumPositions, hidden]) : []
    }

    /// Tokens at their places -> result (tokens, hidden).
    func forward(_ tokens: [Int32], at positions: [Int32], hidden: Int, into result: inout [Float]) {
        for (row, token) in tokens.enumerated() {
            let (word, place, target) = (Int(token) * hidden, Int(positions[row]) * hidden, row * hidden)
            if places.isEmpty {
                for c in 0..<hidden { result[target + c] = words[word + c] }
            } else {
                for c in 0..<hidden { result[target + c] = words[word + c] + places[place + c] }
            }
        }
    }
}
