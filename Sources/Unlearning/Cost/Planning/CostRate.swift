internal import Foundation

/// What a record-pass takes on this machine, and where that is known from.
package struct CostRate: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        case given
        /// What a workspace's deletions took with as many threads; where there are none, the steps of its training.
        case workspace(path: String)
        /// A run on the first records of a recipe, features computed before.
        case run(recipe: String)
    }

    package let source: Source
    package let secondsPerPass: Double
    /// What was measured; nil where the rate was given.
    package let recordPasses: Int?
    /// Bytes of one checkpoint; nil where it is not known.
    package let checkpointBytes: Double?

    package init(source: Source, secondsPerPass: Double, recordPasses: Int? = nil, checkpointBytes: Double? = nil) {
        self.source = source
        self.secondsPerPass = secondsPerPass
        self.recordPasses = recordPasses
        self.checkpointBytes = checkpointBytes
    }
}

extension Workspace {
    /// Seconds a record-pass of a repair here, from what commands cost with as many threads; where nothing was kept, of all stages that the
    /// ledger holds, as they were trained: several shards at once, features included. Reads no record.
    package func costRate(threads: Int) throws -> CostRate {
        let rows = Array(try ledger.stages().values.joined())
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
