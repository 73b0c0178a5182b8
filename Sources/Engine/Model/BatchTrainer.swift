/// Turns batches of features into optimizer steps.
///
/// Buffers and threads are kept from batch to batch; the trained state is the caller's, passed in and out.
package final class BatchTrainer {
    private let network: Network
    private let pool: ThreadPool
    private let passes: [AdaptedPass]
    private let headStep: HeadStep?
    private let scratch: [LanguageScratch]
    private var adapter: AdapterPanels
    private var gradients: Gradients

    /// Starts the threads, and makes room for nothing yet: buffers grow with the batches.
    package init(_ network: Network, threads: Int) {
        self.network = network
        pool = ThreadPool(size: threads)
        passes = (0..<Self.chunks(network, pool)).map { _ in AdaptedPass(network) }
        headStep = network.layout.specification.lora == nil ? HeadStep(network.layout, pool) : nil
        scratch = (0..<pool.size).map { _ in LanguageScratch() }
        adapter = AdapterPanels(layout: network.layout)
        gradients = Gradients(layout: network.layout)
    }

    /// Chunks of a batch that are at work at once. Smaller ones share the work more evenly; but where every chunk goes
    /// through an output matrix that no cache holds, reading it once more costs more than that.
    private static func chunks(_ network: Network, _ pool: ThreadPool) -> Int {
        switch network.layout.specification.task {
        case .classification: pool.size == 1 ? 1 : 2 * pool.size
        case .generation: pool.size
        }
    }

    /// Turns the logits (records, labels) of some records of a batch into their gradient, in place, and returns each
    /// record's loss.
    package typealias Loss = (_ records: Range<Int>, _ logits: inout [Float]) -> [Float]

    /// The gradient of the batch's mean loss at a state, and each record's loss. Same bits for every thread count.
    ///
    /// `block`: What it is taken of, beside the head; nil: all. Elsewhere it says nothing.
    package func gradient(
        of examples: [Example], at state: AdapterState, block: AdapterBlock? = nil
    ) -> (values: [Float], losses: [Float]) {
        let features = examples.map(\.features)
        switch network.layout.specification.task {
        case .classification(let labels, _):
            let share = 1 / Float(examples.count)
            return gradient(of: features, at: state, block: block) { records, logits in
                CrossEntropy.backward(
                    &logits, labels: labels, targets: examples[records].lazy.map(\.target.label), share: share)
            }
        case .generation(let promptWeight):
            let scored = Self.scoredRows(examples.map(\.target.continuation), promptWeight: promptWeight)
            return gradient(of: features, at: state, block: block) { [scratch] pass, records, adapter, bottom, member in
                pass.backward(adapter, to: bottom, scored: scored[records], &scratch[member].buffers)
            }
        }
    }

    /// The rows of each record whose next token is scored. A batch's loss is the mean over all tokens of completions
    /// plus `promptWeight` times the mean over those of prompts, however the batch is cut into chunks.
    static func scoredRows(
        _ continuations: [Continuation], promptWeight: Float
    ) -> [[LanguageHead.ScoredRow]] {
        let completion = 1 / Float(continuations.reduce(0) { $0 + $1.tokens.count - $1.prompt })
        // No row predicts the first token.
        let prompts = continuations.reduce(0) { $0 + $1.prompt - 1 }
        let prompt = promptWeight / Float(max(1, prompts))
        return continuations.map { record in
            (promptWeight > 0 ? 1..<record.tokens.count : record.prompt..<record.tokens.count).map {
                LanguageHead.ScoredRow(
                    row: $0 - 1, target: record.tokens[$0], share: $0 < record.prompt ? prompt : completion)
            }
        }
    }

    /// The same for any loss: the logits' gradient goes in, the gradient of all parameters comes out.
    ///
    /// `loss` is called from several threads, for different records.
    package func gradient(
        of features: [Features], at state: AdapterState, block: AdapterBlock? = nil, loss: Loss
    ) -> (values: [Float], losses: [Float]) {
        gradient(of: features, at: state, block: block) { pass, records, adapter, bottom, _ in
            pass.backward(adapter, to: bottom) { loss(records, &$0) }
        }
    }

    /// The backward pass of some records of a batch, after their forward pass; returns each record's loss.
    private typealias Backward = (
        _ pass: AdaptedPass, _ records: Range<Int>, _ adapter: AdapterPanels, _ bottom: Int, _ member: Int
    ) -> [Float]

    private func gradient(
        of features: [Features], at state: AdapterState, block: AdapterBlock?, backward: Backward
    ) -> (values: [Float], losses: [Float]) {
        let block = block ?? network.layout.whole
        precondition(!features.isEmpty)
        adapter.pack(state, forTraining: true)
        gradients.reset()
        let lengths = features.map(\.rows)
        let ranges = ranges(lengths)
        var losses = [Float](repeating: 0, count: features.count)
        for start in stride(from: 0, to: ranges.count, by: passes.count) {
            let wave = Array(ranges[start..<min(start + passes.count, ranges.count)])
            let order = order(wave.map { lengths[$0].reduce(0, +) })
            let done = pool.map(wave.count) { [adapter, passes] member, index in
                let (pass, range) = (passes[order[index]], wave[order[index]])
                pass.forward(features[range], adapter)
                return backward(pass, range, adapter, block.firstLayer, member)
            }
            for (index, part) in done.enumerated() { losses.replaceSubrange(wave[order[index]], with: part) }
            gradients.add(passes.prefix(wave.count), modules: block.modules, pool)
        }
        gradients.finish(scale: adapter.scale)
        return (gradients.values, losses)
    }

    /// As many chunks as there are passes, of nearly the same size, or more where a batch is so large that its buffers
    /// would be.
    private func ranges(_ lengths: [Int]) -> [Range<Int>] {
        let most = pool.size * Network.trainingChunkTokens
        let waves = max(1, (lengths.reduce(0, +) + most - 1) / most)
        return Chunk.ranges(lengths: lengths, parts: waves * passes.count)
    }

    /// The order in which chunks are handed out, member by member and then again from the first: the largest ones
    /// first, then the smaller ones the other way round, so that the member that had the largest gets the smallest.
    private func order(_ tokens: [Int]) -> [Int] {
        let falling = tokens.indices.sorted { tokens[$0] != tokens[$1] ? tokens[$0] > tokens[$1] : $0 < $1 }
        let first = falling.prefix(pool.size)
        return first + falling.dropFirst(pool.size).reversed()
    }

    /// One step on one batch.
    ///
    /// - Parameters:
    ///   - state: The trained numbers, which the step moves.
    ///   - optimizer: Its moments, which move too.
    ///   - examples: The batch; not empty.
    ///   - block: What trains beside the head; nil: all.
    ///   - learningRate: The rate of the adapted matrices.
    ///   - headLearningRate: The rate of the head.
    /// - Returns: The mean loss before the step.
    /// - Throws: `notFinite`, and nothing has moved, where the loss or a gradient is no finite number.
    package func step(
        _ state: inout AdapterState, _ optimizer: inout Optimizer, _ examples: [Example],
        block: AdapterBlock? = nil, learningRate: Float, headLearningRate: Float
    ) throws(NetworkError) -> Float {
        if let headStep {
            return try headStep.run(&state, &optimizer, examples, learningRate: headLearningRate)
        }
        let (values, losses) = gradient(of: examples, at: state, block: block)
        let loss = mean(losses)
        guard loss.isFinite, Elementwise.allFinite(values) else { throw .notFinite }
        let layout = network.layout
        let parameters = (block ?? layout.whole).parameters
        optimizer.step(
            &state.values,
            parts: [
                .init(
                    range: parameters, gradient: values, offset: parameters.lowerBound,
                    learningRate: learningRate),
                .init(
                    range: layout.head, gradient: values, offset: layout.head.lowerBound,
                    learningRate: headLearningRate)
            ], pool)
        return loss
    }

    /// A batch's loss of those of its records, which for a generation are shares of it already.
    private func mean(_ losses: [Float]) -> Float {
        switch network.layout.specification.task {
        case .classification: losses.reduce(0, +) / Float(losses.count)
        case .generation: losses.reduce(0, +)
        }
    }
}

/// One thread's buffers of a language head.
private final class LanguageScratch {
    var buffers = LanguageBuffers()
}
