internal import Foundation

/// What `status` answers: where every shard stands.
package struct StatusAnswer: Encodable, Sendable {
    /// Where one shard stands.
    package struct Shard: Encodable, Sendable {
        /// Which shard it is.
        package let shard: Ordinal
        /// How many records and slices it has.
        package let records, slices: Int
        /// A `Status.State` by its name.
        package let state: String
        /// The number of records of each slice.
        package let sliceRecords: [Int]
        /// Checkpoints that are there and that should be, the record-passes and bytes in them, and deleted records that
        /// wait for a repair.
        package let stagesStored, stagesWanted, recordPasses, storedBytes, recordsWaiting: Int
    }

    /// The recipe's name, and the workspace's path.
    package let name, workspace: String
    /// Records of the workspace, bytes of stored features, and deletions that are not complete.
    package let records, featureBytes, pendingRequests: Int
    /// When the oldest request was accepted that is not complete; null where there is none.
    package let oldestRequest: OrNull<String>
    /// All shards, in order.
    package let shards: [Shard]

    /// The answer from a workspace's status.
    package init(_ workspace: Workspace, _ status: Status) {
        name = workspace.recipe.name
        self.workspace = workspace.root.path
        records = status.records
        featureBytes = status.featureBytes
        pendingRequests = status.requests.count
        oldestRequest = OrNull(status.requests.first?.accepted)
        shards = status.shards.map {
            Shard(
                shard: Ordinal($0.shard), records: $0.records, slices: $0.sliceRecords.count, state: $0.state.rawValue,
                sliceRecords: $0.sliceRecords, stagesStored: $0.stagesStored, stagesWanted: $0.stagesWanted,
                recordPasses: $0.recordPasses, storedBytes: $0.storedBytes, recordsWaiting: $0.recordsWaiting)
        }
    }
}
