package import Foundation
internal import GRDB

/// The workspace's book: digests of slices, what each checkpoint holds, and deletions under way. SQLite, and the only
/// import of GRDB.
///
/// It names records by keyed digests and holds no id, owner or text, so no page of it can keep one. Every change of
/// several rows is one transaction.
package final class Ledger: Sendable {
    let queue: SQLiteFile
    let access: Access

    /// Where the database lies.
    package var path: String { queue.path }

    /// What an opening may do: make the file and change it, change it, or only read.
    package enum Access: Sendable { case create, write, read }

    /// Opens the ledger, making it where it is missing and allowed. `read` changes nothing, not even on a read-only
    /// disk; and nobody changes one that this program does not know.
    package init(_ url: URL, _ access: Access) throws {
        if try access != .create && !DurableFile.exists(url) {
            throw LedgerError.missing(folder: url.deletingLastPathComponent().path)
        }
        // SQLite would only say that it cannot open it.
        if access != .create { _ = try DurableFile.isReadable(url) }
        self.access = access
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.prepareDatabase { db in
            if access == .read { return }
            try db.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA synchronous = EXTRA;
                    """)
        }
        if access == .read {
            queue = try Ledger.reading(url, configuration)
            return
        }
        queue = try SQLiteFile(url, configuration)
        let found = try Ledger.known(queue, mayBeEmpty: access == .create)
        try queue.writeAlone { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
        // The migrator looks at every table it knows; a number in the file's header says that there is nothing to do.
        if found != Ledger.version { try Ledger.migrate(queue) }
        guard unsafe chmod(url.path, 0o600) == 0 else {
            throw StorageError.notWritable(path: url.path)
        }
    }

    /// A connection that cannot write; but where a killed process left a journal, one that may roll it back first.
    private static func reading(_ url: URL, _ configuration: Configuration) throws -> SQLiteFile {
        func open(_ configuration: Configuration) throws -> SQLiteFile {
            let queue = try SQLiteFile(url, configuration)
            _ = try known(queue, mayBeEmpty: false)
            return queue
        }
        do {
            return try open(configuration)
        } catch LedgerError.readOnly, LedgerError.unopenable {
            var writing = configuration
            writing.readonly = false
            return try open(writing)
        }
    }

    /// The version of its tables; 0: it has none, as a training leaves it that was stopped before its first
    /// transaction. Throws where this program does not know it.
    private static func known(_ queue: SQLiteFile, mayBeEmpty: Bool) throws -> Int {
        let (number, names, applied) = try queue.read { db in
            let names = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return (
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0, Set(names),
                names.contains("grdb_migrations")
                    ? try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations") : []
            )
        }
        guard names.contains("facts") else {
            guard names.isSubset(of: ["grdb_migrations"]) else { throw LedgerError.foreign(path: queue.path) }
            guard mayBeEmpty else { throw LedgerError.empty(path: queue.path) }
            return 0
        }
        let newest = max(number, applied.compactMap { Int($0) }.max() ?? 0)
        guard newest <= version else { throw LedgerError.newer(path: queue.path, found: newest, known: version) }
        // Version 1 wrote no number; a dump that was read back has lost it.
        if number == 0, applied == ["1"] { return 1 }
        guard number > 0 else { throw LedgerError.unnumbered(path: queue.path) }
        return number
    }

    /// Makes the tables. Where several processes open a new ledger at once, all but one fail at each step, and find it
    /// done when they look again.
    private static func migrate(_ queue: SQLiteFile) throws {
        for _ in schema.migrations {
            do {
                return try queue.migrate(schema)
            } catch is LedgerError {
                continue
            }
        }
        try queue.migrate(schema)
    }

    /// The version of the schema; `PRAGMA user_version`.
    static let version = 5
    /// The versions since which there are totals, and a log.
    static let (firstWithTotals, firstWithLog) = (2, 4)

    func version() throws -> Int {
        try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
    }

    private static var schema: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE slices (
                        shard INTEGER NOT NULL,
                        slice INTEGER NOT NULL,
                        records INTEGER NOT NULL CHECK (records >= 0),
                        digest BLOB NOT NULL CHECK (length(digest) = 32),
                        PRIMARY KEY (shard, slice)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE checkpoints (
                        shard INTEGER NOT NULL,
                        stage INTEGER NOT NULL,
                        key BLOB NOT NULL CHECK (length(key) = 32),
                        digest BLOB NOT NULL CHECK (length(digest) = 32),
                        size INTEGER NOT NULL,
                        stored INTEGER NOT NULL,
                        record_passes INTEGER NOT NULL,
                        seconds REAL NOT NULL,
                        PRIMARY KEY (shard, stage)
                    ) STRICT, WITHOUT ROWID;
                    -- Records of accepted deletions that may still be on disk, or whose shards are not repaired.
                    CREATE TABLE pending (
                        shard INTEGER NOT NULL,
                        slice INTEGER NOT NULL,
                        tag BLOB NOT NULL CHECK (length(tag) = 32),
                        PRIMARY KEY (shard, slice, tag)
                    ) STRICT, WITHOUT ROWID;
                    -- Where records are that were placed by their owners.
                    CREATE TABLE owned (
                        tag BLOB PRIMARY KEY NOT NULL CHECK (length(tag) = 32),
                        shard INTEGER NOT NULL,
                        slice INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE facts (
                        name TEXT PRIMARY KEY NOT NULL,
                        value BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: Ledger.totalsSchema + "PRAGMA user_version = 2")
        }
        // Where records are is what the index's files say.
        migrator.registerMigration("3") { db in try db.execute(sql: "DROP TABLE owned; PRAGMA user_version = 3") }
        migrator.registerMigration("4") { db in
            try db.execute(sql: Ledger.evidenceSchema + "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5") { db in
            try db.execute(
                sql: """
                    ALTER TABLE slices ADD COLUMN attributes BLOB CHECK (attributes IS NULL OR length(attributes) = 32);
                    \(Ledger.indexSchema)
                    PRAGMA user_version = 5
                    """)
        }
        return migrator
    }

    /// Ends a journal that a killed process began and that there was no need to play back: else it stays until
    /// something is written.
    func endJournal() throws {
        try queue.write { db in
            // Writes a page, and changes nothing.
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
    }

    /// Whether SQLite finds its pages in order.
    func isSound() throws -> Bool {
        try queue.read { db in try String.fetchAll(db, sql: "PRAGMA integrity_check") == ["ok"] }
    }

    /// Set while checkpoints of earlier choices (recipe, backbone) may be left in any shard.
    static let staleFact = "stale"

    /// The number of the layout in use: which folder of records is the workspace's.
    func layoutNumber() throws -> Int {
        try fact("generation").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 1
    }

    /// A named value of the workspace, such as its recipe.
    package func fact(_ name: String) throws -> Data? {
        try queue.read { db in
            try Data.fetchOne(db, sql: "SELECT value FROM facts WHERE name = ?", arguments: [name])
        }
    }

    func set(_ facts: [String: Data], note: LogNote? = nil) throws {
        try queue.write { db in
            if let note { try Ledger.take(db, note) }
            for (name, value) in facts { try Ledger.set(db, name, value) }
        }
    }

    static func set(_ db: Database, _ name: String, _ value: Data) throws {
        try db.execute(
            sql: """
                INSERT INTO facts (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """,
            arguments: [name, value])
    }
}
