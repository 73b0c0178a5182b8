/// Computes features: the frozen layers below the first adapted one, for many texts at once.
package struct Trunk: Sendable {
    private let network: Network

    /// The trunk of a network whose embedding and lower layers have been read.
    package init(_ network: Network) {
        self.network = network
    }

    /// The features of each text, given its token ids; the same bits for any grouping and any thread count.
    package func features(of tokens: [[Int32]], threads: Int) throws(NetworkError) -> [Features] {
        let configuration = network.backbone.configuration
        for ids in tokens {
            guard ids.count <= configuration.maximumPositions else {
                throw .tooManyTokens(found: ids.count, positions: configuration.maximumPositions)
            }
            if let id = ids.first(where: { $0 < 0 || Int($0) >= configuration.vocabularySize }) {
                throw .tokenOutOfVocabulary(id: Int(id), vocabulary: configuration.vocabularySize)
            }
        }
        let ranges = Chunk.ranges(lengths: tokens.map(\.count), tokens: Network.chunkTokens)
        let passes = Parallel.workers(threads, ranges.count) { TrunkPass(network) }
        return Parallel.map(ranges.count, workers: passes) { pass, index in
            pass.features(of: tokens[ranges[index]])
        }.flatMap { $0 }
    }
}

/// One worker's buffers for the frozen layers.
private final class TrunkPass {
    private let network: Network
    private var buffers = LayerBuffers()
    private var input: [Float] = []

    init(_ network: Network) {
        self.network = network
    }

    func features(of records: ArraySlice<[Int32]>) -> [Features] {
        let hidden = network.hidden
        let chunk = Chunk(lengths: records.map(\.count), heads: network.heads)
        buffers.reserve(chunk, network.sizes, rank: 0, backward: false)
        network.backbone.embedding.forward(records, chunk, hidden: hidden, &buffers)
        for layer in 0..<network.layout.firstLayer {
            swap(&input, &buffers.result)
            buffers.result.grow(to: chunk.tokens * hidden)
            network.backbone.layers[layer].forward(chunk, input, &buffers, nil)
        }
        if network.layout.specification.lora == nil {
            var pooled = [Float](repeating: 0, count: chunk.segments.count * hidden)
            network.classifier.pooler.forward(chunk, buffers.result, into: &pooled)
            return chunk.segments.indices.map {
                Features(rows: 1, values: Array(pooled[$0 * hidden..<($0 + 1) * hidden]))
            }
        }
        return chunk.segments.map {
            Features(
                rows: $0.length,
                values: Array(buffers.result[$0.start * hidden..<($0.start + $0.length) * hidden]))
        }
    }
}
