package import Foundation

/// What a deletion did, or, as a dry run, would do. Costs are counted in record-passes.
package struct DeletionReport: Sendable {
    /// One shard that has to be trained again, from its lowest touched slice on.
    package struct Shard: Sendable, Equatable {
        /// The number of the shard, from 0.
        package let shard: Int
        /// The first slice that a deleted record was in.
        package let slice: Int
        /// How many records it loses.
        package let recordsDeleted: Int
        /// Stages trained again, the ones with an empty slice left out.
        package let stages: Int
        /// Different records that they visit.
        package let recordsRetrained: Int
        /// The record-passes of these stages.
        package let recordPasses: Int
    }

    /// The shards, ascending.
    package let shards: [Shard]
    /// The request's name; nil where nothing new was accepted.
    package var request: String?
    /// The request's receipt; nil while its repair is deferred.
    package var receipt: URL?
    /// Record-passes of training everything that is left from nothing.
    package let fullRecordPasses: Int
    /// Whether nothing was changed.
    package var isDryRun = false
    /// How long it will take; only of a dry run, and nil where nothing was measured yet.
    package var forecast: RepairForecast?
    /// Whether the shards were trained again at once.
    package var isRepaired = true
    /// Records that have the text of a deleted one and stay, because they were not named; nil: the index could not be
    /// read.
    package var duplicates: [RecordID]? = []
    /// Ids that no record had, and that were passed over.
    package var unknown: [RecordID] = []
    /// Seconds from the call until no answer can use the records and nothing of them is on disk.
    package var influenceFreeSeconds = 0.0
    /// Seconds from the call until every slice is that of a run which never saw them.
    package var seconds = 0.0

    /// Whether the request was finished before, so that nothing was left to do.
    package var isRepeated = false

    /// The report of a request that was finished before: it says nothing but where its receipt lies.
    static func repeated(_ receipt: URL, unknown: [RecordID]) -> DeletionReport {
        var report = DeletionReport(shards: [], fullRecordPasses: 0)
        report.request = receipt.deletingPathExtension().lastPathComponent
        report.receipt = receipt
        report.unknown = unknown
        report.isRepeated = true
        return report
    }

    /// How many records go.
    package var recordsDeleted: Int { shards.reduce(0) { $0 + $1.recordsDeleted } }
    /// Different records that are trained again.
    package var recordsRetrained: Int { shards.reduce(0) { $0 + $1.recordsRetrained } }
    /// The record-passes of all stages that are trained again.
    package var recordPasses: Int { shards.reduce(0) { $0 + $1.recordPasses } }
    /// The share of the record-passes that training everything would take.
    package var fractionOfFullRetrain: Double {
        fullRecordPasses == 0 ? 0 : Double(recordPasses) / Double(fullRecordPasses)
    }
}
