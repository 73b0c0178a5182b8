/// The stages of a shard: one a slice, for each of its slice orders. A function of the recipe alone.
///
/// Stages are numbered through: those of order b, counted from 0, are b R ..< (b + 1) R. With one order, the usual
/// case, stage j adds slice j. Several orders are the sequences of S3T (ICLR 2025): a deletion leaves each of them
/// another clean beginning.
package struct StageTable: Sendable, Equatable {
    /// The slices of a shard, R.
    package let slices: Int
    /// The slice that a step adds, (orders, steps).
    package let sequences: [[Int]]
    /// The step that adds a slice, (orders, slices).
    private let steps: [[Int]]
    /// Steps whose states are kept as checkpoints; nil: all.
    package let keptSteps: [Int]?

    /// The table of a recipe.
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

    /// How many orders a shard trains.
    package var orders: Int { sequences.count }
    /// Stages of all orders together.
    package var count: Int { orders * slices }

    /// The stages of one order.
    package func stages(order: Int) -> Range<Int> { order * slices..<(order + 1) * slices }
    /// The order that a stage belongs to, counted from 0.
    package func order(of stage: Int) -> Int { stage / slices }
    /// The step that a stage is in its order, counted from 0.
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

    /// The stages that are trained again when these slices change: of each order those after the last state that is
    /// kept and saw none of them.
    ///
    /// `changed`: Slices that gain or lose records, counted from 0; where there is none, nothing is trained again.
    /// `occupied`: The slices that hold records: a stage whose own slice is empty has no state of its own that could be
    /// kept.
    func restarted(byChanging changed: some Sequence<Int>, occupied: Set<Int>) -> [Range<Int>] {
        (0..<orders).compactMap { order in
            guard let first = changed.map({ steps[order][$0] }).min() else { return nil }
            let all = stages(order: order)
            let restarts = Self.restarts(steps: first + 1) { step in
                keeps(all.lowerBound + step) && occupied.contains(sequences[order][step])
            }
            return all.lowerBound + restarts[first]..<all.upperBound
        }
    }

    /// For each step of an order the first step that is trained again when the slice of this one changes: the step
    /// after the last one before it whose state is kept; without any, step 0.
    package static func restarts(steps: Int, isKept: (_ step: Int) -> Bool) -> [Int] {
        var (restarts, next) = ([Int](), 0)
        for step in 0..<steps {
            restarts.append(next)
            if isKept(step) { next = step + 1 }
        }
        return restarts
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
