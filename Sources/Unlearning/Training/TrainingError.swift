/// What can go wrong while a shard trains.
package enum TrainingError: Error, Equatable {
    /// A stored record has a label that the recipe does not have.
    case labelDamaged(found: Int, labels: Int)
    /// A stored checkpoint has other tensors than the recipe's model.
    case checkpointOfAnotherModel
    /// Stored records of which the model cannot learn by the recipe as it is now.
    case recordsDoNotFit(count: Int, problem: RecordsError.Problem)
}

extension TrainingError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .labelDamaged(let found, let labels):
            "a stored record has label number \(found), but the recipe has only \(labels) labels; the records are "
                + "damaged: restore the workspace from a backup, or train a new one"
        case .recordsDoNotFit(let count, let problem):
            "\(count) stored record(s) do not fit this recipe and backbone; of the first: "
                + RecordsError(file: "", problem: problem).sentence
        case .checkpointOfAnotherModel:
            "a stored checkpoint has other tensors than this recipe's model, although ledger and digest vouch for it; "
                + "somebody changed them. Remove the folder `checkpoints` and run `sisa train` on this workspace"
        }
    }
}
