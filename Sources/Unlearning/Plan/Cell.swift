/// The cell of a record: which shard, and which slice of it. Both are counted from 0 here and shown to people from 1.
package struct Cell: Hashable, Comparable, Codable, Sendable {
    /// The shard. Both are counted from 0.
    package var shard: Int
    /// The slice within the shard.
    package var slice: Int

    /// The cell of this shard and slice.
    package init(shard: Int, slice: Int) {
        self.shard = shard
        self.slice = slice
    }

    /// By shard, then by slice.
    package static func < (left: Cell, right: Cell) -> Bool {
        (left.shard, left.slice) < (right.shard, right.slice)
    }
}
