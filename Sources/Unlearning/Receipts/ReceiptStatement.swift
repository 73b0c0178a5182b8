internal import Foundation

/// What a receipt says: an in-toto Statement (v1) about the checkpoints that took the place of those which saw the records.
///
/// Shards and slices are counted from 1; digests of plan, records and generations are keyed with the workspace's key.
package struct ReceiptStatement: Codable, Sendable {
    package struct Subject: Codable, Sendable, Equatable {
        /// Such as "shard-2/slice-3.safetensors".
        package let name: String
        /// "sha256": of the checkpoint's content, uncompressed.
        package let digest: [String: String]
    }

    package struct Shard: Codable, Sendable {
        package let shard, firstSlice, lastSlice: Int
        package let recordsDeleted: Int
        /// Keyed digests of the shard's checkpoints before and after.
        package let oldGeneration, newGeneration: String
        /// Keyed digest of the records that stay.
        package let retainedRecords: String
        package let stagesRetrained, recordsRetrained, recordPasses: Int
    }

    package struct Purged: Codable, Sendable {
        package let what: String
        package let count: Int
        /// How it was made sure of.
        package let check: String
    }

    package struct Software: Codable, Sendable {
        package let name, version: String
        /// Version of the rules that fix every bit of a result.
        package let numerics: Int
        /// SHA-256 of the program.
        package let binary: String
        package let instructionSet: String
    }

    package struct Deletion: Codable, Sendable {
        package let request, accepted, completed: String
        package let records: Int
        package let commitmentScheme: String
        /// Sorted. The salts are beside the statement, and nowhere else.
        package let commitments: [String]
        /// SHA-256 of each salt, in the same order: a salt is 32 random bytes, so this tells nothing of it.
        package let saltDigests: [String]
        package let plan, planKey, backbone: String
        package let shards: [Shard]
        package let purged: [Purged]
        package let notCovered: [String]
        package let software: Software
    }

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    package static let type = "https://in-toto.io/Statement/v1"
    package static let predicateType = "urn:sisa:deletion:v1"

    package let type: String
    package let subject: [Subject]
    package let predicateType: String
    package let predicate: Deletion

    init(_ subject: [Subject], _ predicate: Deletion) {
        type = Self.type
        self.subject = subject
        predicateType = Self.predicateType
        self.predicate = predicate
    }

    var bytes: Data {
        get throws { try SortedJSON.encode(self) }
    }
}
