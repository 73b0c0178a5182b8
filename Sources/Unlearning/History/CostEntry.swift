internal import Foundation

/// What one command cost, as a workspace keeps it: counts, times and cells, and nothing of a record.
package struct CostEntry: Codable, Sendable, Equatable {
    /// The command that it cost.
    package enum Command: String, Codable, Sendable {
        case train, delete, repair, add
        /// A deletion from a copy, by `sisa cost measure`.
        case measure
    }

    /// A shard that a deletion or an addition changed, and the first of its slices; both counted from 1.
    package struct Touched: Codable, Sendable, Equatable {
        /// Its number, its first changed slice, and how many records changed there.
        package let shard, slice, records: Int

        /// Makes an entry of numbers that count from 1.
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
    /// The threads that it was given.
    package var threads: Int
    /// Tells what was trained: entries of another plan say nothing about this one.
    package var plan: String
    /// The shards that it changed.
    package var touched: [Touched]
    /// How many stages it trained.
    package var stages: Int
    /// The record-passes that it trained.
    package var recordPasses: Int
    /// Token vectors that passed through adapted layers; 0 where only a head is trained.
    package var tokens: Int
    /// Seconds from the call to its end.
    package var seconds: Double
    /// The part of them that training steps took; of shards that train side by side the sum.
    package var stepSeconds: Double
    /// Seconds from the call until no answer could use the records; nil: nothing was forgotten.
    package var influenceFreeSeconds: Double?
    /// Processor time of all threads.
    package var processorSeconds: Double
    /// The most memory the process held meanwhile; nil where the system does not tell.
    package var peakMemoryBytes: Int?
    /// Bytes that the process handed to the system; nil where it does not tell.
    package var writtenBytes: Int?

    /// In a measurement, what was to be expected of the request, on the average over all records that were there.
    package var expectedRecordPasses: Double?
    /// The standard error of that.
    package var standardError: Double?
    /// In a measurement, how long a dry run said that it would take.
    package var plannedSeconds: Double?

    /// How many records it changed.
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
