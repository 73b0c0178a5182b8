internal import Foundation

/// What a window's requests are expected to cost, for groups of unlike probability in bands.
struct PlacementCost {
    let groups: [PlacementAdvice.Group]
    let shards: Int
    let slices: Int
    let weights: PassWeights

    /// Each record goes by itself with its group's probability; a band's records are spread over its cells as the keyed hash does it on the
    /// average. `bands`: As in a recipe; empty: uniform.
    func expected(_ bands: [Recipe.Band]) -> Double {
        var counts = [[Double]](repeating: [Double](repeating: 0, count: slices), count: shards)
        var (missed, gone) = (counts, counts)
        let bands = BandIndex(bands)
        for group in groups {
            let band = bands[group.name]
            let (shardRange, sliceRange) = (band?.shards ?? 0..<shards, band?.slices ?? 0..<slices)
            let each = Double(group.records) / Double(shardRange.count * sliceRange.count)
            for shard in shardRange {
                for slice in sliceRange {
                    counts[shard][slice] += each
                    missed[shard][slice] += each * log1p(-group.probability)
                    gone[shard][slice] += each * group.probability
                }
            }
        }
        let cost = GeneralCost(slices: counts.map { $0.map { Int($0.rounded()) } }, weights: weights)
        return cost.expected(hitProbabilities: missed.map { $0.map { -expm1($0) } }, records: gone)
    }
}
