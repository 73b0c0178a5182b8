/// What it takes to split a shard that is hit too often, and what a deletion costs there before and after.
package struct SplitPlan: Sendable {
    /// Counted from 0: the shard that is split, and the new one.
    package let shard: Int
    package let newShard: Int
    /// Of the two afterwards.
    package let records: (stays: Int, moves: Int)
    package let stages: Int
    /// Of training both; no other shard is trained.
    package let recordPasses: Int
    package let seconds: Double?
    /// Record-passes of one uniform request within the shard's records, before and after.
    package let requestBefore: Double
    package let requestAfter: Double
    /// All shards that are split then, as the recipe lists them, and how many shards there are.
    package let splits: [Int]
    package let shards: Int
}

extension Workspace {
    /// Plans the split of a shard, counted from 0; nothing changes. `sisa train` with the recipe that it tells carries it out.
    package func planSplit(shard: Int, threads: Int = 1) throws -> SplitPlan {
        guard 0..<recipe.shards ~= shard else { throw WorkspaceError.noSuchShard(shard + 1, shards: recipe.shards) }
        guard recipe.splits.count < 64 else { throw CostError.tooManySplits }
        var split = recipe
        split.shards += 1
        split.splits.append(shard)
        let assignment = Assignment(split, key: key)
        let records = try records(shard: shard)
        let halves = Dictionary(grouping: records) { assignment.cell(of: $0.record).shard }
        func sizes(_ records: [StoredRecord]) -> [Int] {
            (0..<recipe.slices).map { slice in records.count { $0.cell.slice == slice } }
        }
        func cost(_ cells: [[Int]]) -> GeneralCost {
            GeneralCost(
                slices: cells, weights: .trained(epochs: recipe.epochs, slices: recipe.slices), kept: table.keptSteps,
                orders: table.sequences)
        }
        var (stages, passes) = (0, 0)
        for (place, half) in halves {
            let planRecords = half.map(\.planRecord)
            let occupied = Set(planRecords.map(\.slice))
            for stage in 0..<table.count where occupied.contains(table.slice(of: stage)) {
                stages += 1
                passes += Stage(stage, of: split, shard: place, in: table).recordPasses(planRecords)
            }
        }
        let (stays, moves) = (halves[shard] ?? [], halves[recipe.shards] ?? [])
        return SplitPlan(
            shard: shard, newShard: recipe.shards, records: (stays.count, moves.count), stages: stages,
            recordPasses: passes, seconds: forecast(threads: threads)?.seconds(recordPasses: passes),
            requestBefore: cost([sizes(records)]).batch(requests: 1).expected,
            requestAfter: cost([sizes(stays), sizes(moves)]).batch(requests: 1).expected,
            splits: split.splits, shards: split.shards)
    }
}
