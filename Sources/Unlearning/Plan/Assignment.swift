/// Decides where a record goes, and its rank there, from the key and the record's own name.
///
/// Never from row order, counts or other records (docs/exactness.md, rule 1): taking a record away moves no other.
package struct Assignment: Sendable {
    private let shards: Int
    private let slices: Int
    private let assignBy: Recipe.AssignBy
    private let positionKey: DigestKey
    private let rankKey: DigestKey

    package init(_ recipe: Recipe, key: WorkspaceKey) {
        shards = recipe.shards
        slices = recipe.slices
        assignBy = recipe.assignBy
        positionKey = key.subkey("assignment")
        rankKey = key.subkey("rank")
    }

    /// The cell of a record: by its owner where the recipe says so and the record has one, else by its id.
    package func position(of id: RecordID, owner: String?) -> Position {
        var digest = KeyedDigest(positionKey)
        if assignBy == .owner, let owner {
            digest.add("owner".utf8)
            digest.add(owner.utf8)
        } else {
            digest.add("id".utf8)
            digest.add(id.rawValue.utf8)
        }
        let bytes = digest.finish()
        return Position(
            shard: Self.share(bytes[0..<8], of: shards), slice: Self.share(bytes[8..<16], of: slices))
    }

    /// 64 keyed bits of the record's own: they order the records of a slice and feed every draw about the record.
    package func rank(of id: RecordID) -> UInt64 {
        var digest = KeyedDigest(rankKey)
        digest.add(id.rawValue.utf8)
        return Self.number(digest.finish()[0..<8])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// 64 uniform bits to 0..<count: the upper half of a 128-bit product, even to one part in 2^64 / count.
    static func share(_ bytes: ArraySlice<UInt8>, of count: Int) -> Int {
        Int(number(bytes).multipliedFullWidth(by: UInt64(count)).high)
    }
}
