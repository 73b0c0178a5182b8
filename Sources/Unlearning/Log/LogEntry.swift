internal import Foundation

/// Something that happened to a workspace, as the log keeps it: no id, owner, label or text, and no digest that could
/// be tried with one.
///
/// Shards and slices are counted from 1. Digests of records and generations are keyed with the workspace's key.
package struct LogEntry: Codable, Sendable, Equatable {
    /// What happened.
    package enum Event: String, Codable, Sendable {
        /// Records were read in; the log begins with it.
        case ingest
        /// Recipe or backbone changed.
        case replan
        case train
        /// A deletion was accepted: from here on no answer may use the records.
        case delete
        /// A deletion is complete: nothing of the records is left, and their shards are trained again.
        case purge
        case add
        /// Deletions that the log knew and a restored workspace did not were made again.
        case replay
        case keyRotation = "key-rotation"
    }

    /// What happened to one shard.
    package struct Shard: Codable, Sendable, Equatable {
        /// The number of the shard, from 1.
        package let shard: Int
        /// The slices that the event touched, from 1.
        package var slices: [Int]?
        /// The shard's records after the event.
        package var records: String?
        /// The shard's checkpoints after the event.
        package var generation: String?
        /// What the ledger holds of them, times and sizes too.
        package var rows: String?
    }

    /// What happened.
    package let event: Event
    /// Informative only: the order is that of the log.
    package let time: String
    /// The name of the deletion request that it is about.
    package var request: String?
    /// HMAC-SHA-256(salt, id) of each deleted record, sorted. The salts are in the receipt, and nowhere else.
    package var commitments: [String]?
    /// The shards that it touched.
    package var shards: [Shard]?
    /// How many were added.
    package var records: Int?
    /// SHA-256 of the receipt's statement.
    package var statement: String?
    /// A keyed digest of the recipe, in hexadecimal.
    package var plan: String?
    /// The digest of the backbone, in hexadecimal.
    package var backbone: String?
    /// The version of the numerics.
    package var numerics: Int?
    /// Base64 of the key that signs from here on.
    package var publicKey: String?

    init(_ event: Event) {
        self.event = event
        time = Self.now()
    }

    static func now() -> String { Date.now.formatted(.iso8601) }

    /// One line of JSON with sorted keys.
    var bytes: [UInt8] {
        get throws { Array(try SortedJSON.encode(self)) }
    }

    init?(bytes: [UInt8]) {
        guard let entry = SignedJSON.decode(Self.self, bytes) else { return nil }
        self = entry
    }
}
