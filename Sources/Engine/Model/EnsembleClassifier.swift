/// Label probabilities of many shards from features that all of them share.
///
/// Head only, the heads of all shards stand side by side in one matrix, and a chunk of records is one product. With
/// LoRA a thread takes a chunk of records through the adapted layers of one shard after another. An element of a
/// product is a chain of its own (docs/numerics.md), so every bit is that of one shard asked alone. Buffers are kept
/// from call to call: one call at a time.
package final class EnsembleClassifier {
    private let network: Network
    private let threads: Int
    private let shards: Int
    private let adapters: [AdapterPanels]  // empty where only heads train
    private let heads: SideBySideHeads?
    private let passes: [EnsemblePass]

    /// Packs the trained numbers of each shard; `states`: one a shard.
    package init(_ network: Network, _ states: [AdapterState], threads: Int) {
        self.network = network
        self.threads = max(1, threads)
        shards = states.count
        if network.layout.specification.lora == nil {
            heads = SideBySideHeads(network.layout, states)
            adapters = []
        } else {
            heads = nil
            adapters = Parallel.map(states.count, threads: threads) {
                AdapterPanels(layout: network.layout, states[$0])
            }
        }
        passes = (0..<self.threads).map { _ in EnsemblePass(network) }
    }

    /// softmax(logits) of every shard for every record.
    package func probabilities(_ features: [Features]) -> ShardProbabilities {
        var result = ShardProbabilities(
            records: features.count, shards: shards, labels: network.layout.specification.labels)
        let jobs = jobs(features.map(\.rows))
        let workers = Array(passes.prefix(jobs.count))
        let blocks = Parallel.map(jobs.count, workers: workers) { [heads, adapters] pass, index in
            let job = jobs[index]
            let records = features[job.records]
            return heads.map { pass.probabilities(records, $0) } ?? pass.probabilities(records, adapters[job.shards])
        }
        for (job, block) in zip(jobs, blocks) { result.replace(records: job.records, shards: job.shards, with: block) }
        return result
    }

    /// What one thread does at a time: some records, all shards. Only where there are fewer records than threads, some
    /// shards.
    private struct Job {
        let records: Range<Int>
        let shards: Range<Int>
    }

    private func jobs(_ lengths: [Int]) -> [Job] {
        let most = threads * Network.chunkTokens
        let rounds = (lengths.reduce(0, +) + most - 1) / most
        let chunks = Chunk.ranges(lengths: lengths, parts: max(1, rounds) * threads)
        let parts = heads == nil ? min(shards, (threads + chunks.count - 1) / max(1, chunks.count)) : 1
        return chunks.flatMap { records in
            (0..<parts).map { Job(records: records, shards: $0 * shards / parts..<($0 + 1) * shards / parts) }
        }
    }
}

/// What every shard says about every record: (records, shards, labels), one flat buffer.
package struct ShardProbabilities: Sendable, Equatable {
    /// How many of each there are.
    package let records, shards, labels: Int
    /// The probabilities, record by record, in each shard by shard.
    package private(set) var values: [Float]

    init(records: Int, shards: Int, labels: Int) {
        self.records = records
        self.shards = shards
        self.labels = labels
        values = [Float](repeating: 0, count: records * shards * labels)
    }

    /// Where all probabilities of a record lie, (shards, labels).
    package func range(record: Int) -> Range<Int> {
        record * shards * labels..<(record + 1) * shards * labels
    }

    /// Where a shard's probabilities of a record lie, (labels).
    package func range(record: Int, shard: Int) -> Range<Int> {
        let start = (record * shards + shard) * labels
        return start..<start + labels
    }

    /// Takes over a block of (records, shards, labels).
    mutating func replace(records: Range<Int>, shards: Range<Int>, with block: [Float]) {
        precondition(block.count == records.count * shards.count * labels, "a block of probabilities has another shape")
        if records.count == self.records, shards.count == self.shards {
            values = block
            return
        }
        let width = shards.count * labels
        for (row, record) in records.enumerated() {
            let start = (record * self.shards + shards.lowerBound) * labels
            values.replaceSubrange(start..<start + width, with: block[row * width..<(row + 1) * width])
        }
    }
}

/// The heads of all shards as the columns of one matrix: what they read is the same, so they are one product.
private struct SideBySideHeads: Sendable {
    let shards: Int
    let weights: Panels  // (hidden, shards * labels)
    let bias: [Float]  // (shards * labels)

    init(_ layout: AdapterLayout, _ states: [AdapterState]) {
        shards = states.count
        var rows: [Float] = []
        var bias: [Float] = []
        rows.reserveCapacity(shards * layout.headWeight.count)
        for state in states {
            rows += state.values[layout.headWeight]
            bias += state.values[layout.headBias]
        }
        weights = Panels(rows, MatrixView(rows: bias.count, columns: layout.hidden).transposed)
        self.bias = bias
    }
}

/// One worker's buffers for inference: what several shards make of one chunk's features.
private final class EnsemblePass {
    private let network: Network
    private var features: [Float] = []  // (tokens, hidden), of all shards
    // (tokens, 3 hidden): frozen query, key and value of the lowest adapted layer
    private var projections: [Float] = []
    private var input: [Float] = []  // (tokens, hidden), of the layer at work
    private var buffers = LayerBuffers()
    private var pooled: [Float] = []  // (records, hidden)
    private var result: [Float] = []  // (records, shards, labels)

    init(_ network: Network) {
        self.network = network
    }

    private var hidden: Int { network.hidden }
    private var labels: Int { network.layout.specification.labels }

    /// Pooled features -> (records, shards, labels).
    func probabilities(_ records: ArraySlice<Features>, _ heads: SideBySideHeads) -> [Float] {
        take(records, Chunk(lengths: records.map(\.rows), heads: network.heads))
        let columns = heads.shards * labels
        result.grow(to: records.count * columns)
        multiply(
            features, MatrixView(rows: records.count, columns: hidden), heads.weights, into: &result,
            MatrixView(rows: records.count, columns: columns), start: .bias(heads.bias))
        return softmax(rows: records.count * heads.shards)
    }

    /// Token features -> (records, adapters, labels).
    ///
    /// LoRA adds to the chains that the frozen projections of the lowest adapted layer began, and these are the same
    /// for all shards: they are computed once, and each shard goes on from a copy.
    func probabilities(_ records: ArraySlice<Features>, _ adapters: ArraySlice<AdapterPanels>) -> [Float] {
        let layout = network.layout
        let layers = network.backbone.layers
        let chunk = Chunk(lengths: records.map(\.rows), heads: network.heads)
        let (rows, width) = (chunk.tokens, chunk.tokens * hidden)
        take(records, chunk)
        buffers.reserve(chunk, network.sizes, rank: layout.specification.lora?.rank ?? 0, backward: false)
        projections.grow(to: 3 * width)
        input.grow(to: width)
        pooled.grow(to: records.count * hidden)
        result.grow(to: records.count * adapters.count * labels)
        layers[layout.firstLayer].encoder.queryKeyValue.forward(rows: rows, features, into: &projections)
        for (place, adapter) in adapters.enumerated() {
            if place == adapters.count - 1 {
                swap(&buffers.queryKeyValue, &projections)
            } else {
                buffers.queryKeyValue.replaceFirst(3 * width, with: projections)
            }
            layers[layout.firstLayer].encoder.forwardFromProjections(
                chunk, features, &buffers, LayerAdapter(panels: adapter, layer: layout.firstLayer))
            for layer in layout.firstLayer + 1..<layers.count {
                swap(&input, &buffers.result)
                layers[layer].forward(chunk, input, &buffers, LayerAdapter(panels: adapter, layer: layer))
            }
            network.classifier.pooler.forward(chunk, buffers.result, into: &pooled)
            multiply(
                pooled, MatrixView(rows: records.count, columns: hidden), adapter.head, into: &result,
                MatrixView(
                    offset: place * labels, rows: records.count, columns: labels,
                    rowStride: adapters.count * labels), start: .bias(adapter.headBias))
        }
        return softmax(rows: records.count * adapters.count)
    }

    private func take(_ records: ArraySlice<Features>, _ chunk: Chunk) {
        features.grow(to: chunk.tokens * hidden)
        for (record, segment) in zip(records, chunk.segments) {
            record.copy(into: &features, at: segment.start * hidden)
        }
    }

    private func softmax(rows: Int) -> [Float] {
        Rows.softmax(&result, MatrixView(rows: rows, columns: labels), scale: 1)
        return Array(result.prefix(rows * labels))
    }
}
