/// Bytes of stored states; `state` and the like are the sizes of one of them.
package enum StorageCost {
    /// SISA: S R model states, and S initial ones where they are stored too. `kept`: stages that keep their checkpoint, instead of R.
    package static func sisa(shards: Int, slices: Int, state: Double, initials: Bool = false, kept: Int? = nil)
        -> Double
    {
        Double(shards) * (Double(kept ?? slices) + (initials ? 1 : 0)) * state
    }

    /// SISA with adapters: the base once, and S R adapter states.
    package static func adapterSISA(
        shards: Int, slices: Int, base: Double, adapter: Double, kept: Int? = nil
    ) -> Double {
        base + sisa(shards: shards, slices: slices, state: adapter, kept: kept)
    }

    /// S3T: the base, B adapters a shard (each block is stored once), and B L heads a shard.
    package static func s3t(
        shards: Int, slices: Int, orders: Int, base: Double, adapter: Double, head: Double
    ) -> Double {
        base + Double(shards) * Double(orders) * (adapter + Double(slices) * head)
    }
}
