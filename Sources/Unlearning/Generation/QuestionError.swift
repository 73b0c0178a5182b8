/// Why a question cannot be answered, or not in the way that was asked for. No message holds its text.
package enum QuestionError: Error, Equatable {
    /// The tokenizer makes no token of the prompt, or of the completion.
    case noTokens(name: String)
    /// The prompt, or prompt and completion, have `found` tokens, and the model has places for `positions`.
    case tooLong(name: String, found: Int, positions: Int, isPrompt: Bool)
    /// The shard of an owner is asked, and nobody is named.
    case ownerMissing(name: String)
    /// The shard of an owner is asked, and records are not placed by owners alone.
    case notByOwner, ownersInBands
}

extension QuestionError: CustomStringConvertible {
    /// What was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .noTokens(let name):
            "\(name): the model's tokenizer makes no token of the prompt or of the completion; write another text"
        case .tooLong(let name, let found, let positions, true):
            "\(name): the prompt has \(found) tokens, and the model has places for \(positions), one of which an "
                + "answer needs at least; shorten the prompt"
        case .tooLong(let name, let found, let positions, false):
            "\(name): prompt and completion have \(found) tokens together, and the model has places for \(positions); "
                + "shorten them"
        case .ownerMissing(let name):
            "\(name): the aggregation `owner` asks the shard of an owner, and none is named; name one with --owner, or "
                + "as `owner` in each line"
        case .notByOwner:
            "this workspace places records by their ids, so no shard is an owner's; leave the owner out, or make a "
                + "workspace with `assign_by: owner`"
        case .ownersInBands:
            "this workspace places records by their groups too (`placement`), so an owner alone tells no shard; leave "
                + "the owner out"
        }
    }
}
