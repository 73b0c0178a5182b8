internal import Foundation
internal import GRDB

/// What the ledger holds of a stored checkpoint.
package struct StageRow: Sendable, Equatable {
    /// The number of the stage, from 0.
    package let stage: Int
    /// The name of its checkpoint.
    package let key: CheckpointKey
    /// SHA-256 of the content.
    package let digest: [UInt8]
    /// Bytes of the content.
    package let size: Int
    /// Bytes on disk; 0: the state was not kept.
    package let stored: Int
    /// The record-passes that it was trained with.
    package let recordPasses: Int
    /// How long its training took.
    package let seconds: Double

    /// Makes the row of a trained stage.
    package init(
        stage: Int, key: CheckpointKey, digest: [UInt8], size: Int, stored: Int, recordPasses: Int, seconds: Double
    ) {
        self.stage = stage
        self.key = key
        self.digest = digest
        self.size = size
        self.stored = stored
        self.recordPasses = recordPasses
        self.seconds = seconds
    }
}

extension Ledger {
    /// All slices of all shards: S x R rows, however many records there are.
    package func slices() throws -> [[SliceSummary]] {
        try queue.read { db in
            var shards: [[SliceSummary]] = []
            for row in try Row.fetchAll(db, sql: "SELECT * FROM slices ORDER BY shard, slice") {
                let shard = try row.index("shard")
                while shards.count <= shard { shards.append([]) }
                shards[shard].append(try SliceSummary(row))
            }
            return shards
        }
    }

    /// The slices of one shard.
    package func slices(shard: Int) throws -> [SliceSummary] {
        try queue.read { db in try Ledger.slices(db, shard: shard) }
    }

    static func slices(_ db: Database, shard: Int) throws -> [SliceSummary] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM slices WHERE shard = ? ORDER BY slice", arguments: [shard]
        ).map(SliceSummary.init)
    }

    /// The slices of these shards.
    func slices(shards: [Int]) throws -> [Int: [SliceSummary]] {
        try Dictionary(shards.map { ($0, try slices(shard: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The rows of a shard's stored checkpoints, by stage.
    package func stages(shard: Int) throws -> [StageRow] {
        try queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE shard = ? ORDER BY stage", arguments: [shard]
            ).map(StageRow.init)
        }
    }

    /// The rows of the stored checkpoints of these shards, by shard and stage; nil: of all.
    func stages(_ shards: [Int]?) throws -> [Int: [StageRow]] {
        guard let shards else { return try stages() }
        return try Dictionary(uniqueKeysWithValues: shards.map { ($0, try stages(shard: $0)) })
    }

    /// The rows of all stored checkpoints, by shard and stage.
    func stages() throws -> [Int: [StageRow]] {
        try queue.read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM checkpoints ORDER BY shard, stage")
            var stages: [Int: [StageRow]] = [:]
            while let row = try rows.next() { stages[try row.index("shard"), default: []].append(try StageRow(row)) }
            return stages
        }
    }

    /// Enters stored checkpoints of a shard, unless the plan no longer asks for the key of one: then nothing changes,
    /// and false.
    ///
    /// Looking and entering are one transaction, so a trainer cannot publish what a deletion has made stale meanwhile.
    package func publish(_ rows: [StageRow], shard: Int, chain: KeyChain) throws -> Bool {
        try queue.write { db in
            let keys = chain.keys(shard: shard, slices: try Ledger.slices(db, shard: shard).map(\.digest))
            guard rows.allSatisfy({ $0.stage < keys.count && keys[$0.stage] == $0.key }) else { return false }
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO checkpoints (shard, stage, key, digest, size, stored, record_passes, seconds)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (shard, stage) DO UPDATE SET key = excluded.key, digest = excluded.digest,
                    size = excluded.size, stored = excluded.stored, record_passes = excluded.record_passes,
                    seconds = excluded.seconds
                    """)
            for row in rows {
                try insert.execute(arguments: [
                    shard, row.stage, Data(row.key.bytes), Data(row.digest), row.size, row.stored,
                    row.recordPasses, row.seconds
                ])
            }
            return true
        }
    }

    /// Shards in which some order has no state for a slice that has records.
    func unfinishedShards(orders: Int) throws -> Set<Int> {
        try queue.read { db in
            try Set(
                Row.fetchAll(
                    db,
                    sql: """
                        SELECT shard FROM slices AS cells WHERE records > 0 GROUP BY shard
                        HAVING count(*) * ? > (SELECT count(*) FROM checkpoints WHERE shard = cells.shard)
                        """, arguments: [orders]
                ).map { try $0.index("shard") })
        }
    }

    /// Forgets rows of a shard's checkpoints whose keys are not among these, and that files are there of those that are
    /// not `kept`.
    func removeStages(shard: Int, except keys: Set<CheckpointKey>, kept: Set<CheckpointKey>) throws {
        func isStale(_ row: StageRow) -> Bool { !keys.contains(row.key) }
        func isLet(_ row: StageRow) -> Bool { row.stored > 0 && !kept.contains(row.key) }
        // Nearly always there is none: a deletion's transaction has forgotten them already.
        guard try stages(shard: shard).contains(where: { isStale($0) || isLet($0) }) else { return }
        try queue.write { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE shard = ?", arguments: [shard]
            ).map(StageRow.init)
            for row in rows where isStale(row) || isLet(row) {
                try db.execute(
                    sql: isStale(row)
                        ? "DELETE FROM checkpoints WHERE shard = ? AND stage = ?"
                        : "UPDATE checkpoints SET stored = 0 WHERE shard = ? AND stage = ?",
                    arguments: [shard, row.stage])
            }
        }
    }

    /// Forgets the rows of shards that the plan no longer has.
    func removeShards(from count: Int) throws {
        try queue.write { db in
            try db.execute(sql: "DELETE FROM checkpoints WHERE shard >= ?", arguments: [count])
        }
    }
}

extension SliceSummary {
    fileprivate init(_ row: Row) throws {
        records = try row.value("records")
        digest = Array(try row.value("digest") as Data)
        attributes = try (row.optional("attributes") as Data?).map { Array($0) }
    }
}

extension StageRow {
    fileprivate init(_ row: Row) throws {
        stage = try row.index("stage")
        key = CheckpointKey(bytes: Array(try row.value("key") as Data))
        digest = Array(try row.value("digest") as Data)
        size = try row.value("size")
        stored = try row.value("stored")
        recordPasses = try row.value("record_passes")
        seconds = try row.value("seconds")
    }
}
