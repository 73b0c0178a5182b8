/// Which checkpoints a workspace should hold, as a function of its slices: the answer to "is the model up to date".
///
/// A stage with an empty slice of its own has no checkpoint: it hands on the state before it, in the end the initial
/// one. Of the others the recipe may keep only some as files (`slices.keep`); the last of each order is always kept,
/// because it answers.
package struct CheckpointPlan: Sendable {
    /// One stage that should exist.
    package struct Item: Sendable, Equatable {
        /// The stage's number in the table.
        package let stage: Int
        /// The name under which its checkpoint is stored.
        package let key: CheckpointKey
        /// Live records of the slices that the stage has seen.
        package let records: Int
        /// Whether its state is kept as a file.
        package let isKept: Bool
    }

    /// By shard, then order by order, ascending stages.
    package let shards: [[Item]]
    /// The slices that were planned from, (shards, slices).
    package let slices: [[SliceSummary]]
    /// The shards that were planned; nil: all.
    private let only: Set<Int>?

    /// The plan of all shards.
    package init(_ slices: [[SliceSummary]], chain: KeyChain) {
        self.slices = slices
        only = nil
        shards = slices.enumerated().map { Self.items(shard: $0, $1, chain) }
    }

    /// The plan of some shards: what a deletion needs, at a cost that does not grow with the number of shards.
    ///
    /// Nothing may be asked of the others: that a shard was not planned does not mean that it should hold nothing.
    init(of shards: [Int: [SliceSummary]], chain: KeyChain) {
        var slices = [[SliceSummary]](repeating: [], count: (shards.keys.max() ?? -1) + 1)
        var items = [[Item]](repeating: [], count: slices.count)
        for (shard, summaries) in shards {
            slices[shard] = summaries
            items[shard] = Self.items(shard: shard, summaries, chain)
        }
        self.slices = slices
        self.shards = items
        only = Set(shards.keys)
    }

    private static func items(shard: Int, _ slices: [SliceSummary], _ chain: KeyChain) -> [Item] {
        let keys = chain.keys(shard: shard, slices: slices.map(\.digest))
        guard !keys.isEmpty else { return [] }
        let table = chain.table
        return (0..<table.orders).flatMap { order in
            let occupied = table.stages(order: order).filter { slices[table.slice(of: $0)].records > 0 }
            var records = 0
            return occupied.map { stage in
                records += slices[table.slice(of: stage)].records
                return Item(
                    stage: stage, key: keys[stage], records: records,
                    isKept: stage == occupied.last || table.keeps(stage))
            }
        }
    }

    /// The stages that a shard should have, order by order.
    package func items(shard: Int) -> [Item] {
        precondition(only?.contains(shard) ?? true, "the shard was not planned")
        return shard < shards.count ? shards[shard] : []
    }

    /// Their keys.
    package func keys(shard: Int) -> Set<CheckpointKey> { Set(items(shard: shard).map(\.key)) }

    /// The checkpoints that may answer for a shard, the best first: trained on most records; of several orders the
    /// first.
    static func answering(_ items: [Item]) -> [Item] {
        items.filter(\.isKept).sorted { $0.records != $1.records ? $0.records > $1.records : $0.stage < $1.stage }
    }

    /// Of the checkpoints that are kept as files.
    package func keptKeys(shard: Int) -> Set<CheckpointKey> {
        Set(items(shard: shard).filter(\.isKept).map(\.key))
    }

    /// The live records of a shard.
    package func records(shard: Int) -> Int {
        slices[shard].reduce(0) { $0 + $1.records }
    }
}
