internal import Engine
internal import Foundation
internal import GRDB

/// Brings a stream of records into the order of their cells, on disk, while a workspace is filled. Then it is gone.
struct RecordSorter {
    private let url: URL
    private let queue: SQLiteFile

    init(_ url: URL) throws {
        self.url = url
        queue = try Self.scratch(url)
        // Ids, texts and attributes are blobs: their identity is their bytes, and they may hold NUL.
        let attributes = RecordAttribute.all.map { ", \($0.quoted) BLOB" }.joined()
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE records (
                        shard INTEGER NOT NULL, slice INTEGER NOT NULL, rank BLOB NOT NULL,
                        id BLOB NOT NULL UNIQUE, label INTEGER, text BLOB NOT NULL,
                        file INTEGER, line INTEGER\(attributes),
                        PRIMARY KEY (shard, slice, rank, id)
                    ) STRICT, WITHOUT ROWID
                    """)
        }
    }

    /// A database that nobody needs after a crash.
    static func scratch(_ url: URL) throws -> SQLiteFile {
        var configuration = Configuration()
        // All pages are new, so the journal stays small. Records come in any order, so the more pages are at hand the
        // fewer are written twice: 64 MiB of them, however many records there are.
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -65536
                    """)
        }
        let queue = try SQLiteFile(url, configuration)
        guard unsafe chmod(url.path, 0o600) == 0 else { throw StorageError.notWritable(path: url.path) }
        return queue
    }

    /// Takes in everything that `feed` hands over.
    func take(_ feed: (@escaping (StoredRecord, RecordPlace?) throws -> Void) throws -> Void) throws {
        try queue.write { db in
            let attributes = RecordAttribute.all
            let marks = [String](repeating: "?", count: 8 + attributes.count).joined(separator: ", ")
            let insert = try db.makeStatement(sql: "INSERT INTO records VALUES (\(marks))")
            try feed { stored, place in
                let record = stored.record
                var values: [(any DatabaseValueConvertible)?] = [
                    stored.cell.shard, stored.cell.slice, blob(stored.rank), blob(record.id.rawValue),
                    record.content.label, blob(record.content.words), place?.file, place?.line
                ]
                for attribute in attributes { values.append(record.attributes[keyPath: attribute.value].map(blob)) }
                do {
                    try insert.execute(arguments: StatementArguments(values))
                } catch let error as DatabaseError
                    where [.SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY].contains(error.extendedResultCode)
                {
                    let row = try Row.fetchOne(
                        db, sql: "SELECT file, line FROM records WHERE id = ?", arguments: [blob(record.id.rawValue)])
                    let (file, line): (Int?, Int?) = (row?["file"], row?["line"])
                    throw DuplicateID(first: RecordPlace(file: file, line: line), second: place)
                }
            }
        }
    }

    /// Hands out every cell that has records, in order, its records by rank and id.
    func forEachCell(_ body: (Cell, [StoredRecord]) throws -> Void) throws {
        try queue.read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM records ORDER BY shard, slice, rank, id")
            var group: [StoredRecord] = []
            while let row = try rows.next() {
                let next = StoredRecord(row)
                if let first = group.first, first.cell != next.cell {
                    try body(first.cell, group)
                    group = []
                }
                group.append(next)
            }
            if let first = group.first { try body(first.cell, group) }
        }
    }

    func discard() throws {
        try queue.close()
        try DurableFile.remove([url])
    }
}

extension StoredRecord {
    fileprivate init(_ row: Row) {
        let label: Int? = row["label"]
        var record = Record(
            id: RecordID(text(row["id"])), content: RecordContent(words: text(row["text"]), label: label))
        for attribute in RecordAttribute.all {
            let value: Data? = row[attribute.name]
            record.attributes[keyPath: attribute.value] = value.map(text)
        }
        self.record = record
        cell = Cell(shard: row["shard"], slice: row["slice"])
        let bytes: Data = row["rank"]
        rank = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension RecordContent {
    /// What its words and its label say; without a label they are a dialogue's, which was written here.
    fileprivate init(words: String, label: Int?) {
        if let label {
            self = .labelled(text: words, label: label)
        } else {
            let turns = (try? Messages(Array(words.utf8)[...]))?.turns ?? []
            self = .dialogue(Dialogue(turns: turns) ?? Dialogue(prompt: [], completion: ""))
        }
    }
}

extension RecordAttribute {
    /// The name of its column: one of them is a word of SQL.
    fileprivate var quoted: String { "\"\(name)\"" }
}

/// Texts were valid UTF-8 when they came in.
private func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
private func blob(_ text: String) -> Data { Data(text.utf8) }
private func blob(_ rank: UInt64) -> Data { Data(rank.bigEndianBytes) }
