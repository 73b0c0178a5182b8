/// Turns batches of features into optimizer steps.
///
/// Buffers are kept from batch to batch; the trained state is the caller's, passed in and out.
package final class BatchTrainer {
    private let network: Network
    private let passes: [AdaptedPass]
    private var adapter: PackedAdapter
    private var gradients: Gradients

    package init(_ network: Network, threads: Int) {
        self.network = network
        passes = (0..<max(1, threads)).map { _ in AdaptedPass(network) }
        adapter = PackedAdapter(layout: network.layout)
        gradients = Gradients(layout: network.layout)
    }

    /// The gradient of the batch's mean loss at a state, and each record's loss. Same bits for every thread count.
    package func gradient(
        of features: [Features], targets: [Int], at state: AdapterState
    ) -> (values: [Float], losses: [Float]) {
        precondition(features.count == targets.count && !features.isEmpty)
        adapter.pack(state, forTraining: true)
        gradients.reset()
        let share = 1 / Float(features.count)
        let ranges = Chunk.ranges(
            lengths: features.map(\.rows), tokens: max(1, Network.chunkTokens / passes.count))
        var losses: [Float] = []
        for wave in stride(from: 0, to: ranges.count, by: passes.count) {
            let end = min(wave + passes.count, ranges.count)
            losses += Parallel.map(end - wave, workers: passes) { [adapter] pass, index in
                let range = ranges[wave + index]
                pass.forward(features[range], adapter, forTraining: true)
                return pass.backward(targets: targets[range], share: share, adapter)
            }.joined()
            for index in 0..<end - wave { gradients.add(passes[index]) }
        }
        gradients.finish(scale: adapter.scale)
        return (gradients.values, losses)
    }

    /// One step on one batch. Returns the mean loss before the step; throws where it is no finite number.
    package func step(
        _ state: inout AdapterState, _ optimizer: inout AdamW, features: [Features], targets: [Int],
        learningRate: Float, headLearningRate: Float
    ) throws(NetworkError) -> Float {
        let (values, losses) = gradient(of: features, targets: targets, at: state)
        let loss = losses.reduce(0, +) / Float(losses.count)
        guard loss.isFinite, Elementwise.allFinite(values) else { throw .notFinite }
        optimizer.step(
            &state.values, gradient: values,
            groups: [
                (network.layout.loraParameters, learningRate), (network.layout.head, headLearningRate)
            ])
        return loss
    }
}
