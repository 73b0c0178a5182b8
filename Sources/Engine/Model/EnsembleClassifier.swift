/// Label probabilities of many shards from features that all of them share.
///
/// Head only, the heads of all shards stand side by side in one matrix, and a chunk of records is one product. With LoRA a thread takes
/// a chunk of records through the adapted layers of one shard after another. An element of a product is a chain of its own
/// (docs/numerics.md), so every bit is that of one shard asked alone. Buffers are kept from call to call: one call at a time.
package final class EnsembleClassifier {
    private let network: Network
    private let threads: Int
    private let shards: Int
    private let adapters: [PackedAdapter]  // empty where only heads train
    private let heads: SideBySideHeads?
    private let passes: [EnsemblePass]

    /// `states`: One a shard.
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
                PackedAdapter(layout: network.layout, states[$0])
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

    /// What one thread does at a time: some records, all shards. Only where there are fewer records than threads, some shards.
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
