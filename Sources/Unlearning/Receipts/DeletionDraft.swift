internal import Crypto
internal import Foundation

/// What a receipt will say, while its deletion is not complete: a file of its own, which goes when the receipt is
/// written.
///
/// It holds the salts of the commitments, and no id. No database keeps it, because a database leaves copies of what was
/// removed from it.
struct DeletionDraft: Codable, Sendable {
    struct Shard: Codable, Sendable {
        /// Counted from 0, like `slices`.
        let shard: Int
        /// The slices that lost records.
        let slices: [Int]
        let records: Int
        /// The state digest of the checkpoints that answered before.
        let oldState: String
        /// Keys of checkpoints that had to go.
        let checkpoints: [String]

        private enum CodingKeys: String, CodingKey {
            case shard, slices, records, oldState = "oldGeneration", checkpoints
        }
    }

    let request: String
    let accepted: String
    /// Each with its salt; sorted by commitment, so that the order tells nothing.
    let records: [Commitment]
    let shards: [Shard]
    /// The number of the layout: another one means that the plan has another shape by now.
    let layout: Int
    /// The receipt's statement, as soon as it is made.
    var statement: Data?

    private enum CodingKeys: String, CodingKey {
        case request, accepted, records, shards, layout = "generation", statement
    }
}

extension DeletionDraft {
    /// Reads a draft; nil where it was lost or damaged, or its receipt is written.
    init?(contentsOf file: URL) throws {
        guard let bytes = try DurableFile.contents(file),
            let draft = try? JSONDecoder().decode(Self.self, from: Data(bytes))
        else { return nil }
        self = draft
    }
}

/// A promise about one deleted record that nobody can open without its salt.
struct Commitment: Codable, Sendable, Equatable {
    let value: String
    let salt: String

    init(of id: RecordID) {
        let salt = unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) }
        self.salt = salt.hexadecimal
        value = Self.value(salt, id)
    }

    init(value: String, salt: String) {
        (self.value, self.salt) = (value, salt)
    }

    func isOf(_ id: RecordID) -> Bool {
        guard let salt = [UInt8](canonicalHexadecimal: salt), !salt.isEmpty else { return false }
        return Self.value(salt, id) == value
    }

    static func saltDigest(_ salt: String) -> String? {
        [UInt8](canonicalHexadecimal: salt).map { Array(SHA256.hash(data: $0)).hexadecimal }
    }

    /// HMAC-SHA-256(salt, id), in hexadecimal.
    private static func value(_ salt: [UInt8], _ id: RecordID) -> String {
        DigestKey(salt).code(Array(id.rawValue.utf8)).hexadecimal
    }
}
