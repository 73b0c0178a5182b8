internal import Foundation

/// What `delete` answers: what a deletion did, or as a dry run would do.
package struct DeletionAnswer: Encodable, Sendable {
    /// A shard that is trained again.
    package struct Shard: Encodable, Sendable {
        /// The shard, and its lowest slice that a deleted record was in.
        package let shard, slice: Ordinal
        /// Counts of this shard; record-passes are records that go through training once.
        package let recordsDeleted, stagesRetrained, recordsRetrained, recordPasses: Int
    }

    /// The first touched shard and its slice; `shards` has them all.
    package let shard, slice: Ordinal
    /// Totals over the shards, and the record-passes of training everything that is left from nothing.
    package let recordsDeleted, recordsRetrained, recordPasses, fullRecordPasses: Int
    /// The deletion's record-passes over those of a full training.
    package let fractionOfFullRetrain: Double
    /// The time that it took; of a dry run the predicted time, null where nothing was measured yet.
    package let seconds: OrNull<Double>
    /// The time until no answer can use the records, in seconds and in milliseconds.
    package let influenceFreeSeconds, influenceFreeMs: Double
    /// The request's name; null where nothing was accepted.
    package let request: OrNull<String>
    /// The receipt's path; null where the shards are not trained again yet.
    package let receipt: OrNull<String>
    /// Whether nothing was changed, and whether the shards are trained again.
    package let dryRun, repaired: Bool
    /// Ids of records with the same text that stay; null where they are not known.
    package let duplicatesLeft: OrNull<[String]>
    /// Ids that no record has and that were passed over.
    package let unknown: [String]
    /// All shards that are trained again.
    package let shards: [Shard]

    /// The answer from a deletion's report.
    package init(_ report: DeletionReport) {
        shard = Ordinal(report.shards.first?.shard ?? 0)
        slice = Ordinal(report.shards.first?.slice ?? 0)
        recordsDeleted = report.recordsDeleted
        recordsRetrained = report.recordsRetrained
        recordPasses = report.recordPasses
        fullRecordPasses = report.fullRecordPasses
        fractionOfFullRetrain = report.fractionOfFullRetrain
        let predicted = report.forecast?.seconds(recordPasses: report.recordPasses)
        seconds = OrNull(report.isDryRun ? predicted : report.seconds)
        influenceFreeSeconds = report.influenceFreeSeconds
        influenceFreeMs = report.influenceFreeSeconds * 1000
        request = OrNull(report.request)
        receipt = OrNull(report.receipt?.path)
        dryRun = report.isDryRun
        repaired = report.isRepaired && !report.isDryRun
        duplicatesLeft = OrNull(report.duplicates?.map(\.rawValue))
        unknown = report.unknown.map(\.rawValue)
        shards = report.shards.map {
            Shard(
                shard: Ordinal($0.shard), slice: Ordinal($0.slice), recordsDeleted: $0.recordsDeleted,
                stagesRetrained: $0.stages, recordsRetrained: $0.recordsRetrained, recordPasses: $0.recordPasses)
        }
    }
}
