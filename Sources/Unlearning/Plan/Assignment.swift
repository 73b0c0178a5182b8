/// Decides where a record goes, and its rank there, from the key and the record's own name and group.
///
/// Never from row order, counts or other records (docs/exactness.md, rule 1): taking a record away moves no other.
package struct Assignment: Sendable {
    private let shards: Int
    private let slices: Int
    private let assignBy: Recipe.AssignBy
    private let bands: BandIndex
    private let splits: [Int]
    private let positionKey: DigestKey
    private let rankKey: DigestKey

    /// The assignment of a recipe, keyed.
    package init(_ recipe: Recipe, key: WorkspaceKey) {
        shards = recipe.baseShards
        slices = recipe.slices
        assignBy = recipe.assignBy
        bands = BandIndex(recipe.bands)
        splits = recipe.splits
        positionKey = key.subkey("assignment")
        rankKey = key.subkey("rank")
    }

    /// The cell of a record.
    package func cell(of record: Record) -> Cell {
        cell(of: record.id, owner: record.owner, group: record.group)
    }

    /// The cell of a record: by its owner where the recipe says so and the record has one, else by its id; within the
    /// cells of its band.
    package func cell(of id: RecordID, owner: String?, group: String? = nil) -> Cell {
        var digest = KeyedDigest(positionKey)
        if assignBy == .owner, let owner {
            digest.add("owner".utf8)
            digest.add(owner.utf8)
        } else {
            digest.add("id".utf8)
            digest.add(id.rawValue.utf8)
        }
        let bytes = digest.finish()
        let band = bands[group]
        var shard = Self.share(bytes[0..<8], in: band?.shards ?? 0..<shards)
        // Each split has a bit of its own, so that it parts the records of its shard alone, and evenly.
        let draws = Self.number(bytes[16..<24])
        for (index, split) in splits.enumerated() where shard == split && draws >> UInt64(index) & 1 == 1 {
            shard = shards + index
        }
        return Cell(shard: shard, slice: Self.share(bytes[8..<16], in: band?.slices ?? 0..<slices))
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

    private static func share(_ bytes: ArraySlice<UInt8>, in range: Range<Int>) -> Int {
        range.lowerBound + share(bytes, of: range.count)
    }

    /// 64 uniform bits to 0..<count: the upper half of a 128-bit product, even to one part in 2^64 / count.
    static func share(_ bytes: ArraySlice<UInt8>, of count: Int) -> Int {
        Int(number(bytes).multipliedFullWidth(by: UInt64(count)).high)
    }
}
