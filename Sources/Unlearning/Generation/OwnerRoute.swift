/// Which shard is asked about an owner: the one in which the keyed hash places all records of that name.
///
/// It is computed from the name and the key alone, and never looked up. So a name that was deleted, one that is there
/// and one that never existed take the same way, and no answer, time or error tells them apart.
struct OwnerRoute: Sendable {
    private let assignment: Assignment

    /// Throws where a name alone tells no shard.
    init(_ recipe: Recipe, key: WorkspaceKey) throws(QuestionError) {
        guard recipe.assignBy == .owner else { throw .notByOwner }
        guard recipe.bands.isEmpty else { throw .ownersInBands }
        assignment = Assignment(recipe, key: key)
    }

    /// The shard of a name, counted from 0.
    func shard(of owner: String) -> Int { assignment.cell(of: RecordID(""), owner: owner).shard }
}
