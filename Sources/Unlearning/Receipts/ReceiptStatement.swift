internal import Foundation

/// What a receipt says: an in-toto Statement (v1) about the checkpoints that took the place of those which saw the
/// records.
///
/// Shards and slices are counted from 1; digests of plan, records and generations are keyed with the workspace's key.
package struct ReceiptStatement: Codable, Sendable {
    /// A checkpoint that answers now.
    package struct Subject: Codable, Sendable, Equatable {
        /// Such as "shard-2/slice-3.safetensors".
        package let name: String
        /// "sha256": of the checkpoint's content, uncompressed.
        package let digest: [String: String]
    }

    /// What became of one shard.
    package struct Shard: Codable, Sendable {
        /// The number of the shard, and its first and last slice that were trained again, from 1.
        package let shard, firstSlice, lastSlice: Int
        /// How many records it lost.
        package let recordsDeleted: Int
        /// Keyed digests of the shard's checkpoints before and after.
        package let oldGeneration, newGeneration: String
        /// Keyed digest of the records that stay.
        package let retainedRecords: String
        /// What was trained again: stages, different records, and record-passes.
        package let stagesRetrained, recordsRetrained, recordPasses: Int
    }

    /// A kind of thing that was destroyed.
    package struct Purged: Codable, Sendable {
        /// What it was.
        package let what: String
        /// How many of them.
        package let count: Int
        /// How it was made sure of.
        package let check: String
    }

    /// The program that made the receipt.
    package struct Software: Codable, Sendable {
        /// What the program calls itself.
        package let name, version: String
        /// Version of the rules that fix every bit of a result.
        package let numerics: Int
        /// SHA-256 of the program.
        package let binary: String
        /// The instruction set of its kernels.
        package let instructionSet: String
    }

    /// What the statement says of the deletion.
    package struct Deletion: Codable, Sendable {
        /// The name of the request, and when it was accepted and completed, in ISO 8601.
        package let request, accepted, completed: String
        /// How many records were deleted.
        package let records: Int
        /// How a commitment is made of an id.
        package let commitmentScheme: String
        /// Sorted. The salts are beside the statement, and nowhere else.
        package let commitments: [String]
        /// SHA-256 of each salt, in the same order: a salt is 32 random bytes, so this tells nothing of it.
        package let saltDigests: [String]
        /// Keyed digests of the recipe and of the key, and the digest of the backbone, in hexadecimal.
        package let plan, planKey, backbone: String
        /// The shards that lost records.
        package let shards: [Shard]
        /// What was destroyed.
        package let purged: [Purged]
        /// What no receipt can promise.
        package let notCovered: [String]
        /// The program that made it.
        package let software: Software
    }

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    /// The type of an in-toto statement.
    package static let type = "https://in-toto.io/Statement/v1"
    /// The type of what the statement says.
    package static let predicateType = "urn:sisa:deletion:v1"

    /// The type of the statement.
    package let type: String
    /// The checkpoints that answer now.
    package let subject: [Subject]
    /// The type of the predicate.
    package let predicateType: String
    /// What the statement says.
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
