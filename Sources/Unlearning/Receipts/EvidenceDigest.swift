/// Digests that stand in log and receipts, keyed so that they are no test for anything to anybody without the
/// workspace's key.
struct EvidenceDigest: Sendable {
    private let key: DigestKey
    /// Tells whether a key is the workspace's.
    let fingerprint: String

    init(_ workspace: WorkspaceKey) {
        key = workspace.subkey("evidence")
        var digest = KeyedDigest(key)
        digest.add("key".utf8)
        fingerprint = digest.finish().hexadecimal
    }

    /// The digest of a shard's checkpoints: keys and contents.
    func state(_ shard: Int, _ rows: [StageRow]) -> String {
        var digest = KeyedDigest(key)
        digest.add("generation".utf8)
        digest.add(UInt64(shard))
        for row in rows.sorted(by: { $0.stage < $1.stage }) {
            digest.add(UInt64(row.stage))
            digest.add(row.key.bytes)
            digest.add(row.digest)
        }
        return digest.finish().hexadecimal
    }

    /// The digest of everything that the ledger holds of a shard's checkpoints.
    func rows(_ shard: Int, _ rows: [StageRow]) -> String {
        var digest = KeyedDigest(key)
        digest.add("rows".utf8)
        digest.add(state(shard, rows).utf8)
        for row in rows.sorted(by: { $0.stage < $1.stage }) {
            for number in [row.size, row.stored, row.recordPasses] { digest.add(UInt64(bitPattern: Int64(number))) }
            digest.add(row.seconds.bitPattern)
        }
        return digest.finish().hexadecimal
    }

    /// The digest of a shard's records, by the digests of its slices.
    func records(_ shard: Int, _ slices: [SliceSummary]) -> String {
        var digest = KeyedDigest(key)
        digest.add("records".utf8)
        digest.add(UInt64(shard))
        for slice in slices {
            digest.add(UInt64(slice.records))
            digest.add(slice.digest)
        }
        return digest.finish().hexadecimal
    }

    /// The digest of everything that a person chose.
    func plan(_ recipe: Recipe) -> String {
        var digest = KeyedDigest(key)
        digest.add("plan".utf8)
        for field in recipe.fields {
            digest.add(field.keyPath.utf8)
            digest.add(field.value)
        }
        return digest.finish().hexadecimal
    }
}
