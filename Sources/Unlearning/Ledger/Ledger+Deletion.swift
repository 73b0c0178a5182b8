internal import Foundation
internal import GRDB

extension Ledger {
    /// Accepts a deletion: one transaction that removes the records and what was known of every stage they reached.
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
                    blob(location.id.rawValue),
                ])
            }
            for position in Set(locations.map(\.position)) {
                try Ledger.closeSlice(db, position, digests)
                try db.execute(
                    sql: "DELETE FROM checkpoints WHERE shard = ? AND stage >= ?",
                    arguments: [position.shard, position.slice])
            }
            return locations
        }
    }
}
