package import Foundation
internal import GRDB

extension Ledger {
    /// Enters the plan's cells and the workspace's facts, in one transaction: from then on the workspace is this.
    ///
    /// `note`: Is asked for the log's entry about it; nil where the workspace keeps no log.
    package func open(_ cells: [[SliceSummary]], facts: [String: Data]) throws {
        try open(cells, facts: facts, note: nil)
    }

    /// `chain`: Of the new plan: checkpoints that it asks for stay, such as those of shards that a split leaves alone.
    func open(
        _ cells: [[SliceSummary]], facts: [String: Data], note: LogNote?, chain: KeyChain? = nil,
        seals: RecordIndex.Seals = [:]
    ) throws {
        try queue.write { db in
            if let note { try Ledger.take(db, note) }
            // Pending deletions are finished by now, and their cells are no longer cells.
            try db.execute(sql: "DELETE FROM slices; DELETE FROM pending; DELETE FROM generations; DELETE FROM buckets")
            try Ledger.set(db, seals)
            for row in try Row.fetchAll(db, sql: "SELECT shard, stage, key FROM checkpoints") {
                let (shard, stage): (Int, Int) = (try row.index("shard"), try row.index("stage"))
                let keys = shard < cells.count ? chain?.keys(shard: shard, slices: cells[shard].map(\.digest)) : nil
                if let keys, stage < keys.count, keys[stage].bytes == Array(try row.value("key") as Data) { continue }
                try db.execute(
                    sql: "DELETE FROM checkpoints WHERE shard = ? AND stage = ?", arguments: [shard, stage])
            }
            for (shard, slices) in cells.enumerated() {
                for (slice, summary) in slices.enumerated() {
                    try Ledger.set(db, Cell(shard: shard, slice: slice), summary)
                }
            }
            for (name, value) in facts { try Ledger.set(db, name, value) }
        }
    }

    private static func set(_ db: Database, _ cell: Cell, _ summary: SliceSummary) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO slices (shard, slice, records, digest, attributes) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (shard, slice) DO UPDATE SET records = excluded.records, digest = excluded.digest,
                attributes = excluded.attributes
                """
        ).execute(arguments: [
            cell.shard, cell.slice, summary.records, Data(summary.digest), summary.attributes.map { Data($0) }
        ])
    }

    /// How many live records there are, over all slices.
    package func recordCount() throws -> Int {
        try queue.read { db in try Int.fetchOne(db, sql: "SELECT sum(records) FROM slices") ?? 0 }
    }

    /// Slices of a shard that have records, ascending.
    package func occupiedSlices(shard: Int) throws -> [Int] {
        try queue.read { db in
            try Int.fetchAll(
                db, sql: "SELECT slice FROM slices WHERE shard = ? AND records > 0 ORDER BY slice",
                arguments: [shard])
        }
    }

    /// Accepts a deletion: one transaction that names the records as gone, closes their slices without them, and
    /// forgets what was known of every stage they reached.
    ///
    /// From this commit on the plan asks for other keys, so no answer can come from a stage that saw them, and no
    /// reader hands them out. Their text is destroyed next; a process that is killed in between has the list in
    /// `pending`.
    package func accept(_ gone: [Cell: [RecordTag]], leaving cells: [Cell: SliceSummary]) throws {
        try accept(gone, leaving: cells, request: nil)
    }

    /// `table`: Which stages a slice reaches; nil: with one order, those from its own on. `request`: What the log says
    /// of it; nil where the workspace keeps no log. `refusing`: The ids may not come back.
    func accept(
        _ gone: [Cell: [RecordTag]], leaving cells: [Cell: SliceSummary], table: StageTable? = nil,
        request: (id: String, time: String, note: LogNote)?, refusing: Bool = false, seals: RecordIndex.Seals = [:]
    ) throws {
        try queue.write { db in
            try Ledger.set(db, seals)
            for tag in gone.values.joined() where refusing {
                try db.execute(sql: "INSERT OR IGNORE INTO refused (tag) VALUES (?)", arguments: [Data(tag.bytes)])
            }
            if let request {
                try Ledger.take(db, request.note)
                try db.execute(
                    sql: "INSERT INTO requests (id, accepted) VALUES (?, ?)", arguments: [request.id, request.time])
            }
            for (cell, tags) in gone {
                for tag in tags {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO pending (shard, slice, tag) VALUES (?, ?, ?)",
                        arguments: [cell.shard, cell.slice, Data(tag.bytes)])
                }
            }
            for (cell, summary) in cells { try Ledger.change(db, cell, summary, table) }
        }
    }

    /// Makes the larger slices the plan's, and forgets what was known of every stage that they reach.
    func admit(
        _ cells: [Cell: SliceSummary], table: StageTable, note: LogNote, seals: RecordIndex.Seals
    ) throws {
        try queue.write { db in
            try Ledger.set(db, seals)
            try Ledger.take(db, note)
            for (cell, summary) in cells { try Ledger.change(db, cell, summary, table) }
        }
    }

    private static func change(
        _ db: Database, _ cell: Cell, _ summary: SliceSummary, _ table: StageTable?
    ) throws {
        try set(db, cell, summary)
        for stages in table?.reached(bySlice: cell.slice) ?? [cell.slice..<Int.max] {
            try db.execute(
                sql: "DELETE FROM checkpoints WHERE shard = ? AND stage >= ? AND stage < ?",
                arguments: [cell.shard, stages.lowerBound, stages.upperBound])
        }
    }

    /// Ids that may not come back, where the recipe says so.
    func refused() throws -> Set<RecordTag> {
        try queue.read { db in
            Set(try Data.fetchAll(db, sql: "SELECT tag FROM refused").map { RecordTag(bytes: Array($0)) })
        }
    }

    func clearRefused() throws { try queue.write { db in try db.execute(sql: "DELETE FROM refused") } }

    /// Records of accepted deletions whose text may still be on disk, or whose shards are not repaired: all that a
    /// killed command needs to be finished.
    package func pending() throws -> [Cell: Set<RecordTag>] {
        try queue.read { db in
            var pending: [Cell: Set<RecordTag>] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT shard, slice, tag FROM pending") {
                pending[Cell(shard: try row.index("shard"), slice: try row.index("slice")), default: []]
                    .insert(RecordTag(bytes: Array(try row.value("tag") as Data)))
            }
            return pending
        }
    }
}
