internal import Engine
internal import Foundation
internal import GRDB

/// Brings what records put into the index into the order of its buckets, on disk, while an index is made. Then it is
/// gone.
struct PlaceSorter {
    private let url: URL
    private let queue: SQLiteFile

    init(_ url: URL) throws {
        self.url = url
        queue = try RecordSorter.scratch(url)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE places (
                        kind INTEGER NOT NULL, bucket INTEGER NOT NULL, digest BLOB NOT NULL,
                        shard INTEGER NOT NULL, slice INTEGER NOT NULL,
                        PRIMARY KEY (kind, bucket, digest, shard, slice)
                    ) STRICT, WITHOUT ROWID
                    """)
        }
    }

    /// Takes in what records put into `index`; the same twice counts once.
    func take(_ records: [StoredRecord], _ index: RecordIndex) throws {
        try queue.write { db in
            let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?)")
            for (number, kind) in index.kinds.enumerated() {
                for entry in index.entries(records, kind) {
                    try insert.execute(arguments: [
                        number, index.bucket(of: entry.digest), Data(entry.digest), entry.cell.shard,
                        entry.cell.slice
                    ])
                }
            }
        }
    }

    /// Makes all buckets of an index, and ends. They are durable, and everything that was written before, when this
    /// returns their seals.
    func fill(_ index: RecordIndex) throws -> RecordIndex.Seals {
        for folder in [index.root] + index.kinds.map(index.folder) { try DurableFile.makeFolder(folder) }
        let seals = try write(index)
        try discard()
        try DurableFile.syncAll(in: index.root)
        return seals
    }

    /// Writes all buckets, empty ones too: one that is missing later has been lost. Returns their seals.
    private func write(_ index: RecordIndex) throws -> RecordIndex.Seals {
        try queue.read { db in
            var seals: RecordIndex.Seals = [:]
            for (place, kind) in index.kinds.enumerated() {
                let rows = try Row.fetchCursor(
                    db,
                    sql:
                        "SELECT bucket, digest, shard, slice FROM places WHERE kind = ? ORDER BY bucket, digest, "
                        + "shard, slice",
                    arguments: [place])
                var next = try rows.next()
                for number in 0..<index.buckets {
                    var entries: [RecordIndex.Entry] = []
                    while let row = next, row["bucket"] == number {
                        entries.append(
                            RecordIndex.Entry(
                                digest: Array(row["digest"] as Data),
                                cell: Cell(shard: row["shard"], slice: row["slice"])))
                        next = try rows.next()
                    }
                    let bucket = RecordIndex.Bucket(kind: kind, number: number)
                    try index.write(bucket, entries)
                    seals[bucket] = index.seal(bucket, entries)
                }
            }
            return seals
        }
    }

    private func discard() throws {
        try queue.close()
        try DurableFile.remove([url])
    }
}
