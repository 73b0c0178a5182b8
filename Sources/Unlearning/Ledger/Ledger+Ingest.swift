internal import Foundation
internal import GRDB

/// An id that came twice.
struct DuplicateID: Error {
    let id: RecordID
}

extension Ledger {
    /// Takes in records and closes all slices, in one transaction: after a failure nothing is there.
    ///
    /// Streams: memory does not grow with the number of records.
    /// `feed`: Calls its argument once a record.
    func ingest(
        _ assignment: Assignment, _ digests: RecordDigest, shards: Int, slices: Int, facts: [String: Data],
        feed: ((Record) throws -> Void) throws -> Void
    ) throws {
        try queue.write { db in
            let insert = try db.makeStatement(
                sql: """
                    INSERT INTO records (shard, slice, rank, id, owner, label, text, digest)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            try feed { record in
                let position = assignment.position(of: record.id, owner: record.owner)
                do {
                    try insert.execute(arguments: [
                        position.shard, position.slice, blob(assignment.rank(of: record.id)),
                        blob(record.id.rawValue), record.owner.map(blob), record.label, blob(record.text),
                        Data(digests.digest(record))
                    ])
                } catch let error as DatabaseError
                    where [.SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY].contains(error.extendedResultCode)
                {
                    throw DuplicateID(id: record.id)
                }
            }
            for (name, value) in facts { try Ledger.set(db, name, value) }
            try Ledger.closeAllSlices(db, digests, shards: shards, slices: slices)
        }
    }

    /// Moves every record to the cell that another assignment gives it; checkpoints are left to their keys.
    func reassign(
        _ assignment: Assignment, _ digests: RecordDigest, shards: Int, slices: Int, facts: [String: Data]
    ) throws {
        try queue.write { db in
            try db.execute(sql: "CREATE TEMP TABLE moves (id BLOB PRIMARY KEY, shard INTEGER, slice INTEGER)")
            let insert = try db.makeStatement(sql: "INSERT INTO moves VALUES (?, ?, ?)")
            let rows = try Row.fetchCursor(db, sql: "SELECT id, owner FROM records")
            while let row = try rows.next() {
                let id: Data = row["id"]
                let owner: Data? = row["owner"]
                let position = assignment.position(
                    of: RecordID(String(decoding: id, as: UTF8.self)),
                    owner: owner.map { String(decoding: $0, as: UTF8.self) })
                try insert.execute(arguments: [id, position.shard, position.slice])
            }
            try db.execute(
                sql: """
                    UPDATE records SET shard = moves.shard, slice = moves.slice
                    FROM moves WHERE moves.id = records.id;
                    DROP TABLE moves;
                    DELETE FROM slices;
                    """)
            for (name, value) in facts { try Ledger.set(db, name, value) }
            try Ledger.closeAllSlices(db, digests, shards: shards, slices: slices)
        }
    }

    /// Writes count and digest of every slice, the empty ones included, in one pass over the records.
    private static func closeAllSlices(
        _ db: Database, _ digests: RecordDigest, shards: Int, slices: Int
    ) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT shard, slice, digest FROM records ORDER BY shard, slice, rank, id")
        var next = try rows.next()
        for shard in 0..<shards {
            for slice in 0..<slices {
                var found: [[UInt8]] = []
                while let row = next, row["shard"] == shard, row["slice"] == slice {
                    found.append(Array(row["digest"] as Data))
                    next = try rows.next()
                }
                try close(db, Position(shard: shard, slice: slice), found, digests)
            }
        }
    }

    /// Writes count and digest of one slice, from the records in it.
    static func closeSlice(_ db: Database, _ position: Position, _ digests: RecordDigest) throws {
        let found = try Data.fetchAll(
            db, sql: "SELECT digest FROM records WHERE shard = ? AND slice = ? ORDER BY rank, id",
            arguments: [position.shard, position.slice])
        try close(db, position, found.map { Array($0) }, digests)
    }

    private static func close(
        _ db: Database, _ position: Position, _ records: [[UInt8]], _ digests: RecordDigest
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO slices (shard, slice, records, digest) VALUES (?, ?, ?, ?)
                ON CONFLICT (shard, slice) DO UPDATE SET records = excluded.records, digest = excluded.digest
                """,
            arguments: [position.shard, position.slice, records.count, Data(digests.digest(slice: records))])
    }
}
