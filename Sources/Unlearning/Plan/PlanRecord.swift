/// A record as the plan sees it: its id, its cell and its keyed rank. It holds no text.
package struct PlanRecord: Sendable, Equatable {
    /// The name that the record has in the data.
    package let id: RecordID
    /// The shard and the slice that hold it.
    package let cell: Cell
    /// 64 keyed bits of the record's own (`Assignment.rank`): they order a slice and feed every draw about the record.
    package let rank: UInt64

    /// Makes the plan's view of a record that lies in `cell`.
    package init(id: RecordID, cell: Cell, rank: UInt64) {
        self.id = id
        self.cell = cell
        self.rank = rank
    }

    /// The slice of its cell.
    package var slice: Int { cell.slice }
}
