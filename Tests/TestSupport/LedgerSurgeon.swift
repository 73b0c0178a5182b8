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
}
