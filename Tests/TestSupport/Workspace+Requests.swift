@testable package import Unlearning

/// What tests ask for most: records by their ids.
extension Workspace {
    /// The commit of a deletion and nothing that follows it: a process that was killed right there.
    package func acceptOnly(_ ids: [RecordID]) throws { try accept(locate(ids)) }
}
