internal import Foundation
internal import GRDB

/// A slice as the plan sees it: how many records, and their digest.
package struct SliceSummary: Sendable, Equatable {
    package let records: Int
    package let digest: [UInt8]
}

/// What the ledger holds of a stored checkpoint.
package struct StageRow: Sendable, Equatable {
    package let stage: Int
    package let key: CheckpointKey
    /// SHA-256 of the content.
    package let digest: [UInt8]
    /// Bytes of the content.
    package let size: Int
    /// Bytes on disk.
    package let stored: Int
    package let recordPasses: Int
    package let seconds: Double
}

extension Ledger {
    /// All slices of all shards: S x R rows, however many records there are.
    package func slices() throws -> [[SliceSummary]] {
        try queue.read { db in
            var shards: [[SliceSummary]] = []
            for row in try Row.fetchAll(db, sql: "SELECT * FROM slices ORDER BY shard, slice") {
                let shard: Int = row["shard"]
                while shards.count <= shard { shards.append([]) }
                shards[shard].append(SliceSummary(row))
            }
            return shards
        }
    }

    /// The slices of one shard.
    package func slices(shard: Int) throws -> [SliceSummary] {
        try queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM slices WHERE shard = ? ORDER BY slice", arguments: [shard]
            ).map(SliceSummary.init)
        }
    }

    /// The rows of a shard's stored checkpoints, by stage.
    package func stages(shard: Int) throws -> [StageRow] {
        try queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE shard = ? ORDER BY stage", arguments: [shard]
            ).map(StageRow.init)
        }
    }

    /// The same of all shards at once; a shard without checkpoints is not in it.
    func stages() throws -> [Int: [StageRow]] {
        try queue.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM checkpoints ORDER BY shard, stage")
            return Dictionary(grouping: rows) { $0["shard"] }.mapValues { $0.map(StageRow.init) }
        }
    }

    /// Enters a stored checkpoint, unless the plan no longer asks for its key: then nothing changes, and false.
    ///
    /// Looking and entering are one transaction, so a trainer cannot publish what a deletion has made stale meanwhile.
    func publish(_ row: StageRow, shard: Int, chain: KeyChain) throws -> Bool {
        try queue.write { db in
            let digests = try Row.fetchAll(
                db, sql: "SELECT * FROM slices WHERE shard = ? ORDER BY slice", arguments: [shard]
            ).map { SliceSummary($0).digest }
            let keys = chain.keys(shard: shard, slices: digests)
            guard row.stage < keys.count, keys[row.stage] == row.key else { return false }
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO checkpoints
                    (shard, stage, key, digest, size, stored, record_passes, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    shard, row.stage, Data(row.key.bytes), Data(row.digest), row.size, row.stored,
                    row.recordPasses, row.seconds
                ])
            return true
        }
    }

    /// Forgets rows of a shard's checkpoints whose keys are not among these.
    func removeStages(shard: Int, except keys: Set<CheckpointKey>) throws {
        try queue.write { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE shard = ?", arguments: [shard]
            ).map(StageRow.init)
            for row in rows where !keys.contains(row.key) {
                try db.execute(
                    sql: "DELETE FROM checkpoints WHERE shard = ? AND stage = ?",
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
    fileprivate init(_ row: Row) {
        records = row["records"]
        digest = Array(row["digest"] as Data)
    }
}

extension StageRow {
    fileprivate init(_ row: Row) {
        stage = row["stage"]
        key = CheckpointKey(bytes: Array(row["key"] as Data))
        digest = Array(row["digest"] as Data)
        size = row["size"]
        stored = row["stored"]
        recordPasses = row["record_passes"]
        seconds = row["seconds"]
    }
}
