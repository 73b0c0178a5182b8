internal import Foundation
internal import GRDB

/// The ledger's side of the log: entries that a transaction took in and the log may not have yet, and requests under
/// way.
extension Ledger {
    static let evidenceSchema = """
        -- The last entries of the log, which may not be in its files yet.
        CREATE TABLE outbox (
            entry INTEGER PRIMARY KEY NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;
        -- Deletions whose receipts are not written; `entry`: the log's entry that completes it.
        CREATE TABLE requests (
            id TEXT PRIMARY KEY NOT NULL,
            accepted TEXT NOT NULL,
            entry INTEGER
        ) STRICT, WITHOUT ROWID;
        -- Deleted ids that may not come back, where the recipe says so.
        CREATE TABLE refused (
            tag BLOB PRIMARY KEY NOT NULL CHECK (length(tag) = 32)
        ) STRICT, WITHOUT ROWID;
        -- What the log said last of each shard's checkpoints.
        CREATE TABLE generations (
            shard INTEGER PRIMARY KEY NOT NULL,
            digest TEXT NOT NULL
        ) STRICT;
        """

    private static let (originFact, sizeFact, rootFact, keyFact) = ("log_origin", "log_size", "log_root", "log_key")

    /// What the log should be; nil where the workspace keeps none yet.
    func logState() throws -> LogState? {
        guard try version() >= Ledger.firstWithLog else { return nil }
        return try queue.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM facts WHERE name LIKE 'log%'")
            var facts: [String: Data] = [:]
            for row in rows { facts[try row.value("name")] = try row.value("value") }
            func text(_ name: String) -> String? { facts[name].map { String(decoding: $0, as: UTF8.self) } }
            guard let origin = text(Self.originFact), let size = text(Self.sizeFact).flatMap({ Int($0) }),
                let key = facts[Self.keyFact].flatMap({ VerificationKey(bytes: Array($0)) })
            else { return nil }
            var outbox: [Int: [UInt8]] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT entry, bytes FROM outbox") {
                outbox[try row.value("entry")] = Array(try row.value("bytes") as Data)
            }
            return LogState(
                origin: origin, size: size, root: facts[Self.rootFact].flatMap { $0.isEmpty ? nil : Array($0) },
                key: key, outbox: outbox)
        }
    }

    /// Whether something failed because there was no room.
    static func isFull(_ error: any Error) -> Bool {
        if case LedgerError.full = error { return true }
        if case StorageError.file(_, _, let code, _) = error { return code == ENOSPC || code == EDQUOT }
        return false
    }

    /// The facts of a log that begins.
    static func beginning(origin: String, key: VerificationKey) -> [String: Data] {
        [originFact: Data(origin.utf8), sizeFact: Data("0".utf8), keyFact: Data(key.bytes)]
    }

    /// Takes an entry in, and forgets those that the log has: whoever notes one has looked at the log's files.
    static func take(_ db: Database, _ note: LogNote) throws {
        try db.execute(sql: "DELETE FROM outbox WHERE entry < ?", arguments: [note.written])
        try db.execute(
            sql: "INSERT INTO outbox (entry, bytes) VALUES (?, ?)", arguments: [note.index, Data(note.entry)])
        try set(db, sizeFact, Data("\(note.index + 1)".utf8))
        try set(db, rootFact, Data(note.root ?? []))
        if let key = note.key { try set(db, keyFact, Data(key.bytes)) }
    }

    /// Deletions that were accepted and have no receipt yet, the oldest first. `entry`: where they are complete.
    func requests() throws -> [(id: String, accepted: String, entry: Int?)] {
        guard try version() >= Ledger.firstWithLog else { return [] }
        return try queue.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM requests ORDER BY accepted, id").map {
                (try $0.value("id"), try $0.value("accepted"), $0["entry"] == nil ? nil : try $0.value("entry"))
            }
        }
    }

    /// What the log said last of the checkpoints of shards; nil: of all.
    func generations(_ shards: [Int]?) throws -> [Int: String] {
        try queue.read { db in
            var digests: [Int: String] = [:]
            guard let shards else {
                for row in try Row.fetchAll(db, sql: "SELECT * FROM generations") {
                    digests[try row.index("shard")] = try row.value("digest")
                }
                return digests
            }
            for shard in shards {
                digests[shard] = try String.fetchOne(
                    db, sql: "SELECT digest FROM generations WHERE shard = ?", arguments: [shard])
            }
            return digests
        }
    }

    /// Forgets requests whose receipts are written.
    func finish(_ requests: [String]) throws {
        if requests.isEmpty { return }
        try queue.write { db in try Ledger.finish(db, requests) }
    }

    private static func finish(_ db: Database, _ requests: [String]) throws {
        for request in requests {
            try db.execute(sql: "DELETE FROM requests WHERE id = ?", arguments: [request])
        }
    }

    /// What a finished repair changes in the ledger.
    struct Settlement {
        /// The shards that are complete, with nothing stale left; nil: all.
        let shards: [Int]?
        /// The slices, by shard, for which that is so.
        var worked: [[SliceSummary]] = []
        var generations: [Int: String] = [:]
        /// Requests that are complete, and the entry that says so.
        var completed: [(request: String, entry: Int)] = []
        /// Complete requests that get no receipt.
        var finished: [String] = []
        var notes: [LogNote] = []
        /// Shards in which no deletion may wait: a request that is complete may have touched them.
        var quiet: Set<Int> = []

        var isEmpty: Bool { generations.isEmpty && completed.isEmpty && notes.isEmpty }
    }

    /// Notes that nothing stale is left of shards, and nothing missing, and what the log says of it: one transaction.
    func settle(_ settlement: Settlement) throws {
        let isSettled = try queue.read { db in
            try Row.fetchOne(
                db, sql: "SELECT 1 FROM pending UNION ALL SELECT 1 FROM facts WHERE name = '\(Ledger.staleFact)'")
                == nil
        }
        if isSettled, settlement.isEmpty { return }
        try queue.write { db in
            for shard in settlement.shards ?? Array(settlement.worked.indices) {
                guard try Ledger.slices(db, shard: shard) == settlement.worked[shard] else {
                    throw LedgerError.planChanged
                }
            }
            for shard in try Int.fetchSet(db, sql: "SELECT DISTINCT shard FROM pending") {
                guard !settlement.quiet.contains(shard) else { throw LedgerError.planChanged }
            }
            for note in settlement.notes { try Ledger.take(db, note) }
            for (request, entry) in settlement.completed {
                try db.execute(sql: "UPDATE requests SET entry = ? WHERE id = ?", arguments: [entry, request])
            }
            try Ledger.finish(db, settlement.finished)
            for (shard, digest) in settlement.generations {
                try db.execute(
                    sql: """
                        INSERT INTO generations (shard, digest) VALUES (?, ?)
                        ON CONFLICT (shard) DO UPDATE SET digest = excluded.digest
                        """, arguments: [shard, digest])
            }
            guard let shards = settlement.shards else {
                return try db.execute(
                    sql: "DELETE FROM pending; DELETE FROM facts WHERE name = '\(Ledger.staleFact)'")
            }
            for shard in shards {
                try db.execute(sql: "DELETE FROM pending WHERE shard = ?", arguments: [shard])
            }
        }
    }
}
