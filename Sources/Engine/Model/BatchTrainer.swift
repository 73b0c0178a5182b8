/// Turns batches of features into optimizer steps.
///
/// Buffers and threads are kept from batch to batch; the trained state is the caller's, passed in and out.
package final class BatchTrainer {
    private let network: Network
    private let team: Team
    private let passes: [AdaptedPass]
    private let headStep: HeadStep?
    private var adapter: PackedAdapter
    private var gradients: Gradients

    package init(_ network: Network, threads: Int) {
        self.network = network
        team = Team(size: threads)
        passes = (0..<team.size).map { _ in AdaptedPass(network) }
        headStep = network.layout.specification.lora == nil ? HeadStep(network.layout, team) : nil
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
        let ranges = ranges(features.map(\.rows))
        var losses: [Float] = []
        for wave in stride(from: 0, to: ranges.count, by: passes.count) {
            let end = min(wave + passes.count, ranges.count)
            losses += team.map(end - wave) { [adapter, passes] _, index in
                let range = ranges[wave + index]
                passes[index].forward(features[range], adapter)
                return passes[index].backward(targets: targets[range], share: share, adapter)
            }.joined()
            gradients.add(passes.prefix(end - wave), team)
        }
        gradients.finish(scale: adapter.scale)
        return (gradients.values, losses)
    }

    /// Every thread gets one chunk of nearly the same size, or several where a batch is so large that its buffers would be.
    private func ranges(_ lengths: [Int]) -> [Range<Int>] {
        let most = passes.count * Network.trainingChunkTokens
        let waves = max(1, (lengths.reduce(0, +) + most - 1) / most)
        return Chunk.ranges(lengths: lengths, parts: waves * passes.count)
    }

    /// One step on one batch. Returns the mean loss before the step; throws where it is no finite number.
    package func step(
        _ state: inout AdapterState, _ optimizer: inout AdamW, features: [Features], targets: [Int],
        learningRate: Float, headLearningRate: Float
    ) throws(NetworkError) -> Float {
        if let headStep {
            return try headStep.run(
                &state, &optimizer, features: features, targets: targets, learningRate: headLearningRate)
        }
        let (values, losses) = gradient(of: features, targets: targets, at: state)
        let loss = losses.reduce(0, +) / Float(losses.count)
        guard loss.isFinite, Elementwise.allFinite(values) else { throw .notFinite }
        let layout = network.layout
        optimizer.step(
            &state.values,
            parts: [
                AdamW.Part(
                    range: layout.loraParameters, gradient: values, offset: layout.loraParameters.lowerBound,
                    learningRate: learningRate),
                AdamW.Part(
                    range: layout.head, gradient: values, offset: layout.head.lowerBound,
                    learningRate: headLearningRate)
            ], team)
        return loss
    }
}
