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

    package init(_ slices: [[SliceSummary]], chain: KeyChain) {
        self.slices = slices
        shards = slices.enumerated().map { shard, slices in
            let keys = chain.keys(shard: shard, slices: slices.map(\.digest))
            var records = 0
            return slices.indices.compactMap { stage in
                records += slices[stage].records
                return slices[stage].records == 0
                    ? nil : Item(stage: stage, key: keys[stage], records: records)
            }
        }
    }

    package func keys(shard: Int) -> Set<CheckpointKey> {
        shard < shards.count ? Set(shards[shard].map(\.key)) : []
    }

    package func records(shard: Int) -> Int {
        slices[shard].reduce(0) { $0 + $1.records }
    }
}
