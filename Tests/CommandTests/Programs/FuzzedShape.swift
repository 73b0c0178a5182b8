import TestSupport

@testable import Unlearning

/// What of a recipe changes in a workspace's life.
struct FuzzedShape: Sendable, CustomStringConvertible {
    let shards, slices: Int
    let epochs: Double
    let assignBy: Recipe.AssignBy
    let aggregation: Recipe.Aggregation

    var description: String { "\(shards) x \(slices), \(epochs) epochs, by \(assignBy), \(aggregation)" }

    init(using generator: inout SeededGenerator) {
        shards = [1, 2, 5, 20].randomElement(using: &generator) ?? 1
        slices = [1, 3, 5, 16].randomElement(using: &generator) ?? 1
        epochs = [0.5, 1, 2, 2.5].randomElement(using: &generator) ?? 1
        assignBy = Int.random(in: 0..<3, using: &generator) == 0 ? .owner : .id
        aggregation = Recipe.Aggregation.allCases.randomElement(using: &generator) ?? .mean
    }

    /// The same cells; other epochs, or another way to answer from the same checkpoints.
    init(like other: FuzzedShape, using generator: inout SeededGenerator) {
        (shards, slices, assignBy) = (other.shards, other.slices, other.assignBy)
        let isTrainedAlike = Int.random(in: 0..<4, using: &generator) == 0
        epochs = isTrainedAlike ? other.epochs : [0.5, 1, 1.5, 2, 2.5].randomElement(using: &generator) ?? 1
        aggregation = Recipe.Aggregation.allCases.randomElement(using: &generator) ?? .mean
    }

    func apply(to recipe: inout Recipe) {
        (recipe.shards, recipe.slices, recipe.epochs) = (shards, slices, epochs)
        (recipe.assignBy, recipe.aggregation) = (assignBy, aggregation)
    }
}
