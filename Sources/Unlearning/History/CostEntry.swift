internal import Foundation

/// What one command cost, as a workspace keeps it: counts, times and cells, and nothing of a record.
package struct CostEntry: Codable, Sendable, Equatable {
    /// The command that cost it.
    package enum Command: String, Codable, Sendable {
        case train, delete, repair, add
        /// A deletion from a copy, by `sisa cost measure`.
        case measure
    }

    /// A shard that a deletion or an addition changed, and the first of its slices; both counted from 1.
    package struct Touched: Codable, Sendable, Equatable {
        /// The shard, the slice, and how many records came or went.
        package let shard, slice, records: Int

        /// A shard, a slice and a number of records.
        package init(shard: Int, slice: Int, records: Int) {
            self.shard = shard
            self.slice = slice
            self.records = records
        }

        static func of(_ gone: [PlanRecord]) -> [Touched] {
            Dictionary(grouping: gone, by: \.cell.shard).sorted { $0.key < $1.key }.map { shard, gone in
                Touched(
                    shard: shard + 1, slice: (gone.map(\.cell.slice).min() ?? 0) + 1, records: gone.count)
            }
        }
    }

    /// When it ended, ISO 8601.
    package var time: String
    /// The command.
    package var command: Command
    /// Threads that it might use.
    package var threads: Int
    /// The digest that tells what was trained, see `Workspace.costPlan`: entries of another plan say nothing about this
    /// one.
    package var plan: String
    /// What a deletion or an addition changed; empty for others.
    package var touched: [Touched]
    /// Stages that were trained.
    package var stages: Int
    /// Record-passes of these stages.
    package var recordPasses: Int
    /// Token vectors that passed through adapted layers; 0 where only a head is trained.
    package var tokens: Int
    /// Seconds from the call to its end.
    package var seconds: Double
    /// Of these, the seconds in training steps; of shards that train side by side the sum.
    package var stepSeconds: Double
    /// Seconds from the call until no answer could use the records; nil: nothing was forgotten.
    package var influenceFreeSeconds: Double?
    /// Processor seconds of all threads.
    package var processorSeconds: Double
    /// The most bytes of memory that the process held meanwhile; nil where the system does not tell.
    package var peakMemoryBytes: Int?
    /// Bytes that the process handed to the system; nil where it does not tell.
    package var writtenBytes: Int?

    /// Of a measurement: the record-passes that were to be expected of the request, on the average over all records
    /// that were there.
    package var expectedRecordPasses: Double?
    /// Of a measurement: the standard deviation of that, in record-passes.
    package var standardError: Double?
    /// In a measurement, how long a dry run said that it would take.
    package var plannedSeconds: Double?

    /// Records that were deleted or added.
    package var records: Int { touched.reduce(0) { $0 + $1.records } }

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()
}
