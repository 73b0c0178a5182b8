package import Unlearning

/// What it takes to split a shard that is hit too often, and what a deletion costs there before and after.
package struct SplitPlan: Sendable {
    /// The shard that is split, counted from 0.
    package let shard: Int
    /// The new shard, counted from 0.
    package let newShard: Int
    /// Records of the two afterwards.
    package let records: (stays: Int, moves: Int)
    /// Stages of both that are trained.
    package let stages: Int
    /// Record-passes of training both; no other shard is trained.
    package let recordPasses: Int
    /// Seconds of that here; nil where nothing was measured yet.
    package let seconds: Double?
    /// Record-passes of one uniform request within the shard's records, before the split.
    package let requestBefore: Double
    /// The same, after.
    package let requestAfter: Double
    /// All shards that are split then, as the recipe lists them, counted from 0.
    package let splits: [Int]
    /// How many shards there are then.
    package let shards: Int
}

extension Workspace {
    /// Plans the split of a shard, counted from 0; nothing changes. `sisa train` with the recipe that it tells carries
    /// it out.
    package func planSplit(shard: Int, threads: Int = 1) throws -> SplitPlan {
        guard 0..<recipe.shards ~= shard else { throw WorkspaceError.noSuchShard(shard + 1, shards: recipe.shards) }
        guard recipe.splits.count < 64 else { throw CostError.tooManySplits }
        var split = recipe
        split.shards += 1
        split.splits.append(shard)
        let (assignment, table) = (self.assignment(by: split), StageTable(split))
        let records = try records(shard: shard)
        let halves = Dictionary(grouping: records) { assignment.cell(of: $0.record).shard }
        func sizes(_ records: [StoredRecord]) -> [Int] {
            (0..<recipe.slices).map { slice in records.count { $0.cell.slice == slice } }
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
            requestBefore: GeneralCost([sizes(records)], recipe).batch(requests: 1).expected,
            requestAfter: GeneralCost([sizes(stays), sizes(moves)], recipe).batch(requests: 1).expected,
            splits: split.splits, shards: split.shards)
    }
}
