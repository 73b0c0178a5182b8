internal import Foundation
internal import GRDB

extension Ledger {
    /// Accepts a deletion: one transaction that removes the records and what was known of every stage they reached, and
    /// notes their shards as pending.
    ///
    /// From this commit on the plan asks for other keys, so no answer can come from a stage that saw them. An id that is
    /// not there undoes all of it.
    func accept(deletionOf ids: [RecordID], _ digests: RecordDigest) throws -> [RecordLocation] {
        try queue.write { db in
            let found = try Ledger.locations(db, of: ids)
            let locations = try zip(ids, found).map { id, location in
                guard let location else { throw DeletionError.unknownID(id.rawValue) }
                return location
            }
            let delete = try db.cachedStatement(
                sql: "DELETE FROM records WHERE shard = ? AND slice = ? AND rank = ? AND id = ?")
            for location in locations {
                try delete.execute(arguments: [
                    location.position.shard, location.position.slice, blob(location.rank),
                    blob(location.id.rawValue)
                ])
            }
            for position in Set(locations.map(\.position)) {
                try Ledger.closeSlice(db, position, digests)
                try db.execute(
                    sql: "DELETE FROM checkpoints WHERE shard = ? AND stage >= ?",
                    arguments: [position.shard, position.slice])
                try db.execute(
                    sql: "INSERT OR IGNORE INTO pending (shard) VALUES (?)", arguments: [position.shard])
            }
            return locations
        }
    }

    /// Shards that an accepted deletion still has work in: the whole memory of a killed command.
    package func pendingShards() throws -> [Int] {
        try queue.read { db in try Int.fetchAll(db, sql: "SELECT shard FROM pending ORDER BY shard") }
    }

    /// Notes that nothing stale is left of these shards, and nothing missing; nil: of all.
    func settle(shards: [Int]?) throws {
        try queue.write { db in
            guard let shards else { return try db.execute(sql: "DELETE FROM pending") }
            for shard in shards {
                try db.execute(sql: "DELETE FROM pending WHERE shard = ?", arguments: [shard])
            }
        }
    }
}
