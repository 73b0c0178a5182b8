/// Counts what a deletion costs, before or after it: reads planRecords of the touched shards, and no text.
struct DeletionCost {
    let recipe: Recipe
    let ledger: Ledger
    let table: StageTable
    /// The live records of a shard, in canonical order.
    let planRecords: (_ shard: Int) throws -> [PlanRecord]

    /// What a deletion touches of a shard: the slices that it changes, and how many records go.
    struct Touched {
        let slices: [Int]
        let records: Int
    }

    /// `gone`: The records that are deleted; still in the ledger or not.
    func report(_ gone: [PlanRecord]) throws -> DeletionReport {
        let touched = Dictionary(grouping: gone, by: \.cell.shard).mapValues { gone in
            Touched(slices: gone.map(\.cell.slice), records: gone.count)
        }
        return try report(touched, without: Set(gone.map(\.id)))
    }

    /// `ids`: Records that count as gone though they may be there.
    func report(_ touched: [Int: Touched], without ids: Set<RecordID> = []) throws -> DeletionReport {
        var full = try passes(outside: Set(touched.keys))
        var shards: [DeletionReport.Shard] = []
        for (shard, part) in touched.sorted(by: { $0.key < $1.key }) {
            let left = try planRecords(shard).filter { !ids.contains($0.id) }
            let occupied = Set(left.map(\.slice))
            let all = stages(shard, occupied).map { (stage: $0, passes: $0.recordPasses(left)) }
            let restarts = table.restarted(byChanging: part.slices, occupied: occupied)
            let again = all.filter { entry in restarts.contains { $0.contains(entry.stage.index) } }
            full += all.reduce(0) { $0 + $1.passes }
            shards.append(
                DeletionReport.Shard(
                    shard: shard, slice: part.slices.min() ?? 0, recordsDeleted: part.records, stages: again.count,
                    recordsRetrained: left.count { record in again.contains { $0.stage.visits(record) } },
                    recordPasses: again.reduce(0) { $0 + $1.passes }))
        }
        return DeletionReport(shards: shards, fullRecordPasses: full)
    }

    /// The stages of all orders that have a slice of their own.
    private func stages(_ shard: Int, _ occupied: Set<Int>) -> [Stage] {
        (0..<table.count).filter { occupied.contains(table.slice(of: $0)) }
            .map { Stage($0, of: recipe, shard: shard, in: table) }
    }

    /// Record-passes of training the shards that are not touched from nothing.
    ///
    /// Where everything is trained, the ledger's total less the rows of touched shards; only where it is not, shard by
    /// shard.
    private func passes(outside touched: Set<Int>) throws -> Int {
        if let totals = try ledger.totals(), totals.stages == totals.slices * table.orders,
            try ledger.fact(Ledger.staleFact) == nil
        {
            return try totals.recordPasses
                - touched.reduce(0) { sum, shard in
                    try ledger.stages(shard: shard).reduce(sum) { $0 + $1.recordPasses }
                }
        }
        return try (0..<recipe.shards).filter { !touched.contains($0) }.reduce(0) {
            try $0 + passes(ofWholeShard: $1)
        }
    }

    /// Counted when the shard was trained; counted afresh where it is not.
    private func passes(ofWholeShard shard: Int) throws -> Int {
        let rows = try ledger.stages(shard: shard)
        let stages = stages(shard, Set(try ledger.occupiedSlices(shard: shard)))
        if rows.map(\.stage) == stages.map(\.index) { return rows.reduce(0) { $0 + $1.recordPasses } }
        let planRecords = try planRecords(shard)
        return stages.reduce(0) { $0 + $1.recordPasses(planRecords) }
    }
}
