/// Counts what a deletion costs, before or after it: reads placements of the touched shards, and no text.
struct DeletionCost {
    let recipe: Recipe
    let ledger: Ledger
    /// The live records of a shard, in canonical order.
    let placements: (_ shard: Int) throws -> [Placement]

    /// What a deletion touches of a shard: the first slice that it changes, and how many records go.
    struct Touched {
        let slice: Int
        let records: Int
    }

    /// `gone`: The records that are deleted; still in the ledger or not.
    func report(_ gone: [RecordLocation]) throws -> DeletionReport {
        let touched = Dictionary(grouping: gone, by: \.position.shard).mapValues { gone in
            Touched(slice: gone.map(\.position.slice).min() ?? 0, records: gone.count)
        }
        return try report(touched, without: Set(gone.map(\.id)))
    }

    /// `ids`: Records that count as gone though they may be there.
    func report(_ touched: [Int: Touched], without ids: Set<RecordID> = []) throws -> DeletionReport {
        var full = try passes(outside: Set(touched.keys))
        var shards: [DeletionReport.Shard] = []
        for (shard, part) in touched.sorted(by: { $0.key < $1.key }) {
            let left = try placements(shard).filter { !ids.contains($0.id) }
            let occupied = Set(left.map(\.slice))
            let all = (0..<recipe.slices).filter(occupied.contains).map { Stage($0, of: recipe, shard: shard) }
            let passes = all.map { $0.recordPasses(left) }
            let again = all.filter { $0.index >= part.slice }
            full += passes.reduce(0, +)
            shards.append(
                DeletionReport.Shard(
                    shard: shard, slice: part.slice, recordsDeleted: part.records, stages: again.count,
                    recordsRetrained: left.count { record in again.contains { $0.visits(record) } },
                    recordPasses: passes.suffix(again.count).reduce(0, +)))
        }
        return DeletionReport(shards: shards, fullRecordPasses: full)
    }

    /// Record-passes of training the shards that are not touched from nothing.
    ///
    /// Where everything is trained, the ledger's total less the rows of touched shards; only where it is not, shard by shard.
    private func passes(outside touched: Set<Int>) throws -> Int {
        if let totals = try ledger.totals(), totals.stages == totals.slices,
            try ledger.fact(Workspace.staleFact) == nil
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
        let occupied = try ledger.occupiedSlices(shard: shard)
        if rows.map(\.stage) == occupied { return rows.reduce(0) { $0 + $1.recordPasses } }
        let placements = try placements(shard)
        return occupied.reduce(0) { $0 + Stage($1, of: recipe, shard: shard).recordPasses(placements) }
    }
}
