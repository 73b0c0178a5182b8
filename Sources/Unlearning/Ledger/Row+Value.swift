internal import GRDB

extension Row {
    /// A column's value. One that the schema does not allow, as a damaged page has it, is an error and no end of the
    /// program.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let stored = self[column] as (any DatabaseValueConvertible)?,
            let value = Value.fromDatabaseValue(stored.databaseValue)
        else { throw LedgerError.column(column) }
        return value
    }

    /// The same of a column that may hold nothing, or that a ledger of an earlier version does not have.
    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        hasColumn(column) && self[column] != nil ? try value(column) : nil
    }

    /// A number of a shard, slice or stage.
    func index(_ column: String) throws -> Int {
        let value: Int = try value(column)
        guard (0..<1_000_000).contains(value) else { throw LedgerError.column(column) }
        return value
    }
}
