internal import Foundation
package import Unlearning

/// What a record-pass takes on this machine, and where that is known from.
package struct CostRate: Sendable, Equatable {
    /// Where a rate is known from.
    package enum Source: Sendable, Equatable {
        /// A person gave it.
        case given
        /// From what a workspace's deletions took with as many threads; where there are none, the steps of its
        /// training.
        case workspace(path: String)
        /// From a run on the first records of a recipe, features computed before.
        case run(recipe: String)
    }

    /// Where it is known from.
    package let source: Source
    /// Seconds of one record-pass.
    package let secondsPerPass: Double
    /// Record-passes that were measured; nil where the rate was given.
    package let recordPasses: Int?
    /// Bytes of one checkpoint; nil where it is not known.
    package let checkpointBytes: Double?

    /// A rate and where it is known from.
    package init(source: Source, secondsPerPass: Double, recordPasses: Int? = nil, checkpointBytes: Double? = nil) {
        self.source = source
        self.secondsPerPass = secondsPerPass
        self.recordPasses = recordPasses
        self.checkpointBytes = checkpointBytes
    }

    /// The rate of a run on the first records of a recipe that is called `name`; see `TrainingTrial`.
    package init(_ trial: TrainingTrial, name: String) {
        self.init(
            source: .run(recipe: name), secondsPerPass: trial.seconds / Double(trial.recordPasses),
            recordPasses: trial.recordPasses, checkpointBytes: Double(trial.checkpointBytes))
    }
}

extension Workspace {
    /// Seconds a record-pass of a repair here, from what commands cost with as many threads; where nothing was kept, of
    /// all stages that the ledger holds, as they were trained: several shards at once, features included. Reads no
    /// record.
    package func costRate(threads: Int) throws -> CostRate {
        let rows = try trainedStages()
        let passes = rows.reduce(0) { $0 + $1.recordPasses }
        let seconds = rows.reduce(0) { $0 + $1.seconds }
        guard passes > 0, seconds > 0 else { throw CostPlanError.nothingMeasured(path: root.path) }
        // Deletions whose times do not rise with their passes know no rate.
        let rate = forecast(threads: threads).map(\.secondsPerPass).flatMap { $0 > 0 ? $0 : nil }
        return CostRate(
            source: .workspace(path: root.path), secondsPerPass: rate ?? seconds / Double(passes),
            recordPasses: passes,
            checkpointBytes: Double(rows.reduce(0) { $0 + $1.stored }) / Double(rows.count { $0.stored > 0 }))
    }
}
