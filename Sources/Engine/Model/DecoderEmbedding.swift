/// The vectors of tokens and, where the model learned them, of places.
struct DecoderEmbedding: Sendable {
    private let words: StoredRows  // (vocabulary, hidden), widened row by row
    private let places: [Float]  // (positions, hidden); empty where the layers turn query and key instead

    init(_ source: WeightSource, _ decoder: BackboneConfiguration.Decoder) throws {
        let configuration = source.configuration
        let names = DecoderNames(configuration.modelType)
        let hidden = configuration.hiddenSize
        words = try source.storedTable(names.embedding + ".weight", [configuration.vocabularySize, hidden])
        places =
            decoder.positions == .learned
            ? try source.table(names.positions + ".weight", [configuration.maximumPositions, hidden]) : []
    }

    /// Tokens at their places -> result (tokens, hidden).
    func forward(_ tokens: [Int32], at positions: [Int32], hidden: Int, into result: inout [Float]) {
        for (row, token) in tokens.enumerated() {
            let (place, target) = (Int(positions[row]) * hidden, row * hidden)
            words.widen(row: Int(token), into: &result, at: target)
            if places.isEmpty { continue }
            for c in 0..<hidden { result[target + c] += places[place + c] }
        }
    }
}
