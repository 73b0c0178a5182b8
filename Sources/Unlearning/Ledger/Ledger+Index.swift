internal import Foundation
internal import GRDB

/// What the ledger says of the index: the seal that each bucket has when no deletion is under way.
///
/// A bucket vouches for its own bytes, but one that an old backup brought back does so too, and may lack the owner who
/// came later.
extension Ledger {
    static let indexSchema = """
        CREATE TABLE buckets (
            kind TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            seal BLOB NOT NULL CHECK (length(seal) = 32),
            PRIMARY KEY (kind, bucket)
        ) STRICT, WITHOUT ROWID;
        """
    /// The version since which the ledger vouches for the index.
    private static let firstWithIndex = 5

    /// The seal of a bucket, empty where it is not known; nil where a ledger of an earlier version is read and may not
    /// be changed.
    func seal(_ bucket: RecordIndex.Bucket) throws -> [UInt8]? {
        guard try version() >= Ledger.firstWithIndex else { return nil }
        return try queue.read { db in
            try Row.fetchOne(
                db, sql: "SELECT seal FROM buckets WHERE kind = ? AND bucket = ?",
                arguments: [bucket.kind.rawValue, bucket.number]
            ).map { Array(try $0.value("seal") as Data) } ?? []
        }
    }

    /// All seals that are known; nil as above.
    func seals() throws -> RecordIndex.Seals? {
        guard try version() >= Ledger.firstWithIndex else { return nil }
        return try queue.read { db in
            var seals: RecordIndex.Seals = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM buckets")
            while let row = try rows.next() {
                guard let kind = RecordIndex.Kind(rawValue: try row.value("kind")) else {
                    throw LedgerError.column("kind")
                }
                seals[RecordIndex.Bucket(kind: kind, number: try row.index("bucket"))] = Array(
                    try row.value("seal") as Data)
            }
            return seals
        }
    }

    /// Whether any bucket is known.
    func knowsIndex() throws -> Bool {
        try queue.read { db in try Row.fetchOne(db, sql: "SELECT 1 FROM buckets") != nil }
    }

    func set(_ seals: RecordIndex.Seals) throws { try queue.write { db in try Ledger.set(db, seals) } }

    static func set(_ db: Database, _ seals: RecordIndex.Seals) throws {
        for (bucket, seal) in seals {
            if seal.isEmpty {
                try db.execute(
                    sql: "DELETE FROM buckets WHERE kind = ? AND bucket = ?",
                    arguments: [bucket.kind.rawValue, bucket.number])
            } else {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO buckets (kind, bucket, seal) VALUES (?, ?, ?)
                        ON CONFLICT (kind, bucket) DO UPDATE SET seal = excluded.seal
                        """
                ).execute(arguments: [bucket.kind.rawValue, bucket.number, Data(seal)])
            }
        }
    }

    /// Whether a slice is known by its digest alone, as ledgers of earlier versions knew them.
    func lacksAttributes() throws -> Bool {
        try queue.read { db in try Row.fetchOne(db, sql: "SELECT 1 FROM slices WHERE attributes IS NULL") != nil }
    }

    /// Enters what was not known of slices. `summaries`: Of those that have records.
    func complete(_ summaries: [Cell: SliceSummary], of empty: SliceSummary, shard: Int) throws {
        try queue.write { db in
            for (slice, known) in try Ledger.slices(db, shard: shard).enumerated() where known.attributes == nil {
                let summary = summaries[Cell(shard: shard, slice: slice)] ?? empty
                // A deletion that came in between has closed the slice anew.
                guard known.describes(summary) else { continue }
                try db.execute(
                    sql: "UPDATE slices SET attributes = ? WHERE shard = ? AND slice = ?",
                    arguments: [summary.attributes.map { Data($0) }, shard, slice])
            }
        }
    }
}
