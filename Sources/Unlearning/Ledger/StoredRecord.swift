internal import Foundation
internal import GRDB

/// A record with its cell and rank, as the ledger holds it.
package struct StoredRecord: Sendable {
    package let record: Record
    package let position: Position
    package let rank: UInt64

    package var placement: Placement {
        Placement(slice: position.slice, rank: rank, id: record.id)
    }
}

/// Where a record is, without its text.
package struct RecordLocation: Sendable, Equatable {
    package let id: RecordID
    package let position: Position
    package let rank: UInt64
}

extension Ledger {
    /// The records of one shard in canonical order: slice, rank, id.
    package func records(shard: Int) throws -> [StoredRecord] {
        try queue.read { db in
            try Row.fetchCursor(
                db,
                sql: "SELECT * FROM records WHERE shard = ? ORDER BY slice, rank, id", arguments: [shard]
            ).map(StoredRecord.init).array()
        }
    }

    /// The placements of one shard, in canonical order.
    package func placements(shard: Int) throws -> [Placement] {
        try queue.read { db in
            try Row.fetchCursor(
                db, sql: "SELECT slice, rank, id FROM records WHERE shard = ? ORDER BY slice, rank, id",
                arguments: [shard]
            ).map { Placement(slice: $0["slice"], rank: rank($0["rank"]), id: recordID($0["id"])) }.array()
        }
    }

    /// Every id's location, or nil where no live record has it.
    package func locations(of ids: [RecordID]) throws -> [RecordLocation?] {
        try queue.read { db in try Ledger.locations(db, of: ids) }
    }

    static func locations(_ db: Database, of ids: [RecordID]) throws -> [RecordLocation?] {
        let statement = try db.cachedStatement(sql: "SELECT shard, slice, rank FROM records WHERE id = ?")
        return try ids.map { id in
            try Row.fetchOne(statement, arguments: [blob(id.rawValue)]).map {
                RecordLocation(
                    id: id, position: Position(shard: $0["shard"], slice: $0["slice"]), rank: rank($0["rank"]))
            }
        }
    }

    /// Hands out every record, or those of one shard, one at a time.
    package func forEachRecord(shard: Int? = nil, _ body: (Record) throws -> Void) throws {
        try queue.read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT * FROM records WHERE ?1 IS NULL OR shard = ?1", arguments: [shard])
            while let row = try rows.next() { try body(StoredRecord(row).record) }
        }
    }

    /// Slices of a shard that have records, ascending.
    package func occupiedSlices(shard: Int) throws -> [Int] {
        try queue.read { db in
            try Int.fetchAll(
                db, sql: "SELECT slice FROM slices WHERE shard = ? AND records > 0 ORDER BY slice",
                arguments: [shard])
        }
    }

    package func recordCount() throws -> Int {
        try queue.read { db in try Int.fetchOne(db, sql: "SELECT sum(records) FROM slices") ?? 0 }
    }
}

extension StoredRecord {
    fileprivate init(_ row: Row) {
        let owner: Data? = row["owner"]
        record = Record(
            id: recordID(row["id"]), owner: owner.map(text), text: text(row["text"]), label: row["label"])
        position = Position(shard: row["shard"], slice: row["slice"])
        rank = Unlearning.rank(row["rank"])
    }
}

/// Texts were valid UTF-8 when they came in.
private func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
private func recordID(_ data: Data) -> RecordID { RecordID(text(data)) }

func blob(_ text: String) -> Data { Data(text.utf8) }
func rank(_ data: Data) -> UInt64 { data.reduce(0) { $0 << 8 | UInt64($1) } }
func blob(_ rank: UInt64) -> Data { Data((0..<8).map { UInt8(truncatingIfNeeded: rank >> (56 - 8 * UInt64($0))) }) }

extension Cursor {
    fileprivate func array() throws -> [Element] {
        var elements: [Element] = []
        while let next = try next() { elements.append(next) }
        return elements
    }
}
