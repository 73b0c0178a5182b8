/// The stages of a shard: one a slice, for each of its slice orders. A function of the recipe alone.
///
/// Stages are numbered through: those of order b, counted from 0, are b R ..< (b + 1) R. With one order, the usual case, stage j adds
/// slice j. Several orders are the sequences of S3T (ICLR 2025): a deletion leaves each of them another clean beginning.
package struct StageTable: Sendable, Equatable {
    /// R.
    package let slices: Int
    /// (orders, steps): the slice that a step adds.
    package let sequences: [[Int]]
    /// (orders, slices): the step that adds a slice.
    private let steps: [[Int]]
    /// Steps whose states are kept as checkpoints; nil: all.
    package let keptSteps: [Int]?

    package init(_ recipe: Recipe) {
        slices = recipe.slices
        sequences = recipe.sliceOptions.sequences(slices: recipe.slices)
        steps = sequences.map { sequence in
            var steps = [Int](repeating: 0, count: sequence.count)
            for (step, slice) in sequence.enumerated() { steps[slice] = step }
            return steps
        }
        keptSteps = recipe.sliceOptions.keep.flatMap { slots in
            slots >= recipe.slices - 1
                ? nil
                : CheckpointSpacing.kept(
                    slices: recipe.slices, slots: slots + 1,
                    weights: .trained(epochs: recipe.epochs, slices: recipe.slices))
        }
    }

    package var orders: Int { sequences.count }
    package var count: Int { orders * slices }

    package func stages(order: Int) -> Range<Int> { order * slices..<(order + 1) * slices }
    package func order(of stage: Int) -> Int { stage / slices }
    package func step(of stage: Int) -> Int { stage % slices }
    /// The slice that a stage adds.
    package func slice(of stage: Int) -> Int { sequences[stage / slices][stage % slices] }

    /// The slices that a stage has seen, in its order.
    package func slices(seenBy stage: Int) -> [Int] { Array(sequences[stage / slices].prefix(stage % slices + 1)) }

    /// Whether a stage has seen a slice: it is among those of its steps so far.
    package func sees(_ stage: Int, slice: Int) -> Bool { steps[stage / slices][slice] <= stage % slices }

    /// The stages that a change of a slice reaches: of each order those from the slice's step on.
    package func reached(bySlice slice: Int) -> [Range<Int>] {
        (0..<orders).map { order in order * slices + steps[order][slice]..<(order + 1) * slices }
    }

    /// Whether the state after a stage is kept as a file; the last one of an order is in any case.
    func keeps(_ stage: Int) -> Bool { keptSteps?.contains(stage % slices) ?? true }

    /// Whether the first order is the slices' own, whose keys are the same with one order or with several.
    func isPlain(order: Int) -> Bool { order == 0 && sequences[0].elementsEqual(0..<slices) }

    /// What people and receipts call a stage: the number of its slice, or order and step, all from 1.
    package func name(_ stage: Int) -> String {
        orders == 1 && isPlain(order: 0)
            ? "slice-\(stage + 1)" : "order-\(order(of: stage) + 1)/stage-\(step(of: stage) + 1)"
    }
}
