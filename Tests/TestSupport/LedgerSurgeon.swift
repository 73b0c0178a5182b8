package import Foundation
internal import GRDB

/// Changes a ledger behind the program's back, as a damaged disk or a dishonest operator would.
package enum LedgerSurgeon {
    package static func execute(_ sql: String, workspace: URL, _ arguments: [[UInt8]] = []) throws {
        let queue = try DatabaseQueue(path: workspace.appending(path: "ledger.sqlite").path)
        try queue.write { db in
            try db.execute(sql: sql, arguments: StatementArguments(arguments.map { Data($0) }))
        }
        try queue.close()
    }

    /// The rows of every table, each with its columns as SQLite would write them, in the order of all columns.
    package static func rows(workspace: URL) throws -> [String: [[String: String]]] {
        let queue = try DatabaseQueue(path: workspace.appending(path: "ledger.sqlite").path)
        defer { try? queue.close() }
        return try queue.read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    let columns = try db.columns(in: table).map(\.name)
                    let list = columns.map { "quote(\"\($0)\") AS \"\($0)\"" }.joined(separator: ", ")
                    let rows = try Row.fetchAll(
                        db,
                        sql: "SELECT \(list) FROM \"\(table)\" "
                            + "ORDER BY \(columns.map { "\"\($0)\"" }.joined(separator: ", "))"
                    )
                    return (
                        table,
                        rows.map { row in Dictionary(uniqueKeysWithValues: columns.map { ($0, row[$0] as String) }) }
                    )
                })
        }
    }

    /// Calls `body` while nobody else may read the ledger.
    package static func holding<Result>(workspace: URL, _ body: () throws -> Result) throws -> Result {
        let queue = try DatabaseQueue(path: workspace.appending(path: "ledger.sqlite").path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            defer { try? db.execute(sql: "ROLLBACK") }
            return try body()
        }
    }
}
