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
        passes = (0..<(team.size == 1 ? 1 : 2 * team.size)).map { _ in AdaptedPass(network) }
        headStep = network.layout.specification.lora == nil ? HeadStep(network.layout, team) : nil
        adapter = PackedAdapter(layout: network.layout)
        gradients = Gradients(layout: network.layout)
    }

    /// The gradient of the batch's mean loss at a state, and each record's loss. Same bits for every thread count.
    ///
    /// `block`: What it is taken of, beside the head; nil: all. Elsewhere it says nothing.
    package func gradient(
        of features: [Features], targets: [Int], at state: AdapterState, block: AdapterBlock? = nil
    ) -> (values: [Float], losses: [Float]) {
        let block = block ?? network.layout.whole
        precondition(features.count == targets.count && !features.isEmpty)
        adapter.pack(state, forTraining: true)
        gradients.reset()
        let share = 1 / Float(features.count)
        let lengths = features.map(\.rows)
        let ranges = ranges(lengths)
        var losses = [Float](repeating: 0, count: features.count)
        for start in stride(from: 0, to: ranges.count, by: passes.count) {
            let wave = Array(ranges[start..<min(start + passes.count, ranges.count)])
            let order = order(wave.map { lengths[$0].reduce(0, +) })
            let done = team.map(wave.count) { [adapter, passes] _, index in
                let (pass, range) = (passes[order[index]], wave[order[index]])
                pass.forward(features[range], adapter)
                return pass.backward(targets: targets[range], share: share, adapter, to: block.firstLayer)
            }
            for (index, part) in done.enumerated() { losses.replaceSubrange(wave[order[index]], with: part) }
            gradients.add(passes.prefix(wave.count), slots: block.slots, team)
        }
        gradients.finish(scale: adapter.scale)
        return (gradients.values, losses)
    }

    /// As many chunks as there are passes, of nearly the same size, or more where a batch is so large that its buffers would be.
    private func ranges(_ lengths: [Int]) -> [Range<Int>] {
        let most = team.size * Network.trainingChunkTokens
        let waves = max(1, (lengths.reduce(0, +) + most - 1) / most)
        return Chunk.ranges(lengths: lengths, parts: waves * passes.count)
    }

    /// Which chunk comes when, since members take every so manieth: the largest first, then the smaller ones the other way round,
    /// so that who had the largest gets the smallest.
    private func order(_ tokens: [Int]) -> [Int] {
        let falling = tokens.indices.sorted { tokens[$0] != tokens[$1] ? tokens[$0] > tokens[$1] : $0 < $1 }
        let first = falling.prefix(team.size)
        return first + falling.dropFirst(team.size).reversed()
    }

    /// One step on one batch. Returns the mean loss before the step; throws where it is no finite number.
    ///
    /// `block`: What trains beside the head; nil: all.
    package func step(
        _ state: inout AdapterState, _ optimizer: inout AdamW, features: [Features], targets: [Int],
        block: AdapterBlock? = nil, learningRate: Float, headLearningRate: Float
    ) throws(NetworkError) -> Float {
        if let headStep {
            return try headStep.run(
                &state, &optimizer, features: features, targets: targets, learningRate: headLearningRate)
        }
        let (values, losses) = gradient(of: features, targets: targets, at: state, block: block)
        let loss = losses.reduce(0, +) / Float(losses.count)
        guard loss.isFinite, Elementwise.allFinite(values) else { throw .notFinite }
        let layout = network.layout
        let parameters = (block ?? layout.whole).parameters
        optimizer.step(
            &state.values,
            parts: [
                AdamW.Part(
                    range: parameters, gradient: values, offset: parameters.lowerBound,
                    learningRate: learningRate),
                AdamW.Part(
                    range: layout.head, gradient: values, offset: layout.head.lowerBound,
                    learningRate: headLearningRate)
            ], team)
        return loss
    }
}
