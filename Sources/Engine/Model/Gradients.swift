/// The gradient of a batch's mean loss with respect to every trainable parameter.
///
/// Each element is one chain over the batch's tokens (head: records) in batch order. Chunks are added in that order,
/// each going on where the one before stopped, so that the cut into chunks changes no bit. Trained matrices do not know
/// of each other: each is one thread's work.
struct Gradients {
    private(set) var values: [Float]
    private let parts: [any GradientPart]
    private let hasHead: Bool

    init(layout: AdapterLayout) {
        values = [Float](repeating: 0, count: layout.count)
        let rank = layout.specification.lora?.rank ?? 0
        hasHead = !layout.head.isEmpty
        let head: [any GradientPart] = layout.head.isEmpty ? [] : [ClassifierGradient(layout)]
        parts = layout.modules.map { LoRAGradient($0, rank: rank) } + head
    }

    /// Starts a batch at zero.
    func reset() {
        for part in parts { part.reset() }
    }

    /// Adds chunks whose backward pass is done, in their order: to the head's part, and to those of some adapted
    /// matrices.
    func add(_ passes: ArraySlice<AdaptedPass>, modules: Range<Int>, _ pool: ThreadPool) {
        let wanted = Array(parts[modules] + parts.suffix(hasHead ? 1 : 0))
        _ = pool.map(wanted.count) { _, index in
            for pass in passes { wanted[index].add(pass) }
        }
    }

    /// Finishes the batch: `values` are the gradients. `scale`: alpha / rank.
    mutating func finish(scale: Float) {
        for part in parts { part.finish(&values, scale: scale) }
    }
}

/// The part of the gradient that belongs to one trained matrix pair, or to the head.
protocol GradientPart: AnyObject {
    /// Starts a batch at zero.
    func reset()
    /// Goes on with a chunk whose backward pass is done.
    func add(_ pass: AdaptedPass)
    /// Writes the batch's gradient into its places of the flat buffer.
    func finish(_ values: inout [Float], scale: Float)
}

extension [Float] {
    /// Sets every element to zero, in place.
    mutating func fillWithZeros() {
        for index in indices { self[index] = 0 }
    }
}
