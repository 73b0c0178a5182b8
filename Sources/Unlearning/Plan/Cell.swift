/// The cell of a record: which shard, and which slice of it. Both are counted from 0 here and shown to people from 1.
package struct Cell: Hashable, Comparable, Codable, Sendable {
    package var shard: Int
    package var slice: Int

    package init(shard: Int, slice: Int) {
        self.shard = shard
        self.slice = slice
    }

    package static func < (left: Cell, right: Cell) -> Bool {
        (left.shard, left.slice) < (right.shard, right.slice)
    }
}
