internal import Foundation

/// What `train` answers: the whole workspace as it is now, and what this training did.
package struct TrainingAnswer: Encodable, Sendable {
    /// The workspace's path.
    package let workspace: String
    /// Counts of the whole workspace but for `stagesTrained`, which is of this training.
    package let records, shards, slices, stagesTrained, recordPasses, bytesStored: Int
    /// The time that this training took.
    package let seconds: Double

    /// The answer from a training's report and the workspace's state after it.
    package init(_ workspace: Workspace, _ report: TrainReport) throws {
        let status = try workspace.status()
        self.workspace = workspace.root.path
        records = report.records
        shards = workspace.recipe.shards
        slices = workspace.recipe.slices
        stagesTrained = report.stagesTrained
        recordPasses = status.recordPasses
        bytesStored = status.shards.reduce(0) { $0 + $1.storedBytes }
        seconds = report.seconds
    }
}

/// What `add` answers.
package struct AdditionAnswer: Encodable, Sendable {
    /// A shard that grew.
    package struct Shard: Encodable, Sendable {
        /// The shard, and its lowest slice that grew.
        package let shard, slice: Ordinal
        /// How many records the shard got.
        package let recordsAdded: Int
    }

    /// Totals over the shards.
    package let recordsAdded, stagesTrained: Int
    /// The time that the addition took, training included.
    package let seconds: Double
    /// The shards that grew.
    package let shards: [Shard]

    /// The answer from an addition's report.
    package init(_ report: AdditionReport) {
        recordsAdded = report.records
        stagesTrained = report.stagesTrained
        seconds = report.seconds
        shards = report.shards.map {
            Shard(shard: Ordinal($0.shard), slice: Ordinal($0.slice), recordsAdded: $0.records)
        }
    }
}

/// What `repair` answers.
package struct RepairAnswer: Encodable, Sendable {
    /// Stages trained again, shards that still wait, and records that the ledger does not know and that were taken out.
    package let stagesTrained, shardsLeft, recordsTakenOut: Int
    /// Paths of the receipts of deletions that this repair completed.
    package let receipts: [String]
    /// The time that the repair took.
    package let seconds: Double

    /// The answer from a repair's report.
    package init(_ report: RepairReport) {
        stagesTrained = report.stagesTrained
        shardsLeft = report.shardsLeft
        recordsTakenOut = report.recordsTakenOut
        receipts = report.receipts.map(\.path)
        seconds = report.seconds
    }
}
