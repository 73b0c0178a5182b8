internal import Engine
internal import Foundation
internal import GRDB
internal import Synchronization

/// A SQLite database whose failures are `LedgerError`s: what SQLite itself says holds statements.
final class SQLiteFile: Sendable {
    let path: String
    private let queue: DatabaseQueue

    /// How long another process is waited for, in silence and at all.
    private static let patience = (silent: Duration.seconds(1), whole: Duration.seconds(60))

    init(_ url: URL, _ configuration: Configuration) throws {
        let path = url.path
        var configuration = configuration
        let start = Mutex<ContinuousClock.Instant?>(nil)
        let isTold = Atomic(false)
        configuration.busyMode = .callback { tries in
            // Waiting is of no use where there are no locks.
            if tries == 0, FileLocks.missing(beside: path) != nil { return false }
            let waited = start.withLock { start in
                if tries == 0 { start = .now }
                return (start ?? .now).duration(to: .now)
            }
            if waited > Self.patience.whole { return false }
            if waited > Self.patience.silent, !isTold.exchange(true, ordering: .relaxed) {
                Notice.tell("waiting for another process that works on \(path) ...")
            }
            usleep(tries < 20 ? 1_000 : 20_000)
            return true
        }
        self.path = path
        let prepared = configuration
        queue = try Self.telling(path) { try DatabaseQueue(path: path, configuration: prepared) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.telling(path) { try queue.read(body) }
    }

    /// One transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.telling(path) { try queue.write(body) }
    }

    /// Runs statements that no transaction may hold.
    func writeAlone(_ body: (Database) throws -> Void) throws {
        try Self.telling(path) { try queue.writeWithoutTransaction(body) }
    }

    func migrate(_ schema: DatabaseMigrator) throws {
        try Self.telling(path) { try schema.migrate(queue) }
    }

    /// Closes the database and keeps the few bytes of its dispatch queue: who gives one back that has labels, as GRDB's
    /// have, starts a thread for that, and waits for ever where none can be started.
    deinit {
        try? queue.close()
        _ = unsafe Unmanaged.passRetained(queue)
    }

    func close() throws {
        try Self.telling(path) { try queue.close() }
    }

    private static func telling<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            if let reason = FileLocks.missing(beside: path), error.resultCode == .SQLITE_BUSY || error.isOfLocks {
                throw StorageError.noLocks(path: path, reason: reason)
            }
            throw LedgerError(error, path)
        }
    }
}

extension DatabaseError {
    fileprivate var isOfLocks: Bool {
        [
            .SQLITE_IOERR_LOCK, .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_UNLOCK, .SQLITE_IOERR_CHECKRESERVEDLOCK
        ].contains(extendedResultCode)
    }
}

extension LedgerError {
    fileprivate init(_ error: DatabaseError, _ path: String) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_IOERR, .SQLITE_NOLFS: self = .failed(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .readOnly(path: path)
        case .SQLITE_CANTOPEN: self = .unopenable(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(path: path)
        case .SQLITE_NOMEM: self = .noMemory(path: path)
        case .SQLITE_NOTADB: self = .foreign(path: path)
        default: self = .damaged(path: path)
        }
    }
}
