@testable package import Engine

/// One shard's answers, by the forward pass that training takes: what `EnsembleClassifier` is compared with.
package struct Classifier: Sendable {
    private let network: Network
    private let adapter: AdapterPanels

    package init(_ network: Network, _ state: AdapterState) {
        self.network = network
        adapter = AdapterPanels(layout: network.layout, state)
    }

    /// softmax(logits), (records, labels): one array a record.
    package func probabilities(_ features: [Features], threads: Int) -> [[Float]] {
        let labels = network.layout.specification.labels
        return logits(features, threads: threads).map { logits in
            var row = logits
            Rows.softmax(&row, MatrixView(rows: 1, columns: labels), scale: 1)
            return row
        }
    }

    package func logits(_ features: [Features], threads: Int) -> [[Float]] {
        let labels = network.layout.specification.labels
        let ranges = Chunk.ranges(lengths: features.map(\.rows), tokens: Network.chunkTokens)
        let passes = Parallel.workers(threads, ranges.count) { AdaptedPass(network) }
        return Parallel.map(ranges.count, workers: passes) { pass, index in
            let range = ranges[index]
            pass.forward(features[range], adapter)
            return range.indices.map { record in
                let row = (record - range.lowerBound) * labels
                return Array(pass.head.logits[row..<row + labels])
            }
        }.flatMap { $0 }
    }
}
