/// Which checkpoints a workspace should hold, as a function of its slices: the answer to "is the model up to date".
///
/// A stage with an empty slice of its own has no checkpoint: it hands on the state before it, in the end the initial one.
package struct CheckpointPlan: Sendable {
    package struct Item: Sendable, Equatable {
        package let stage: Int
        package let key: CheckpointKey
        /// Live records of slices 1..stage.
        package let records: Int
    }

    /// By shard, then ascending stages.
    package let shards: [[Item]]
    package let slices: [[SliceSummary]]
    /// The shards that were planned; nil: all.
    private let only: Set<Int>?

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
        var records = 0
        return slices.indices.compactMap { stage in
            records += slices[stage].records
            return slices[stage].records == 0
                ? nil : Item(stage: stage, key: keys[stage], records: records)
        }
    }

    package func items(shard: Int) -> [Item] {
        precondition(only?.contains(shard) ?? true, "the shard was not planned")
        return shard < shards.count ? shards[shard] : []
    }

    package func keys(shard: Int) -> Set<CheckpointKey> { Set(items(shard: shard).map(\.key)) }

    package func records(shard: Int) -> Int {
        slices[shard].reduce(0) { $0 + $1.records }
    }
}
