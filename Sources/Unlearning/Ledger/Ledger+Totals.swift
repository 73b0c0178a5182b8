internal import GRDB

/// Sums over the whole ledger, kept by the database itself in the transaction that changes a row.
///
/// They are a function of the rows, not of their history, so a deletion can say what share of all work it repeats
/// without reading the rows of shards that it does not touch.
struct LedgerTotals {
    /// Record-passes of all stored checkpoints.
    var recordPasses = 0
    /// Stored checkpoints.
    var stages = 0
    /// Slices that have records: the checkpoints there should be.
    var slices = 0
}

extension Ledger {
    /// The totals; nil where a ledger of an older version is read and may not be changed.
    func totals() throws -> LedgerTotals? {
        guard try version() >= Ledger.firstWithTotals else { return nil }
        return try queue.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM totals").map {
                LedgerTotals(
                    recordPasses: try $0.value("record_passes"), stages: try $0.value("stages"),
                    slices: try $0.value("slices"))
            }
        }
    }

    /// Whether the totals are the sums of the rows.
    func areTotalsRight() throws -> Bool {
        try queue.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT 1 FROM totals WHERE record_passes = (SELECT coalesce(sum(record_passes), 0) FROM checkpoints)
                    AND stages = (SELECT count(*) FROM checkpoints)
                    AND slices = (SELECT count(*) FROM slices WHERE records > 0)
                    """) != nil
        }
    }

    static let totalsSchema = """
        CREATE TABLE totals (
            id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
            record_passes INTEGER NOT NULL,
            stages INTEGER NOT NULL,
            slices INTEGER NOT NULL
        ) STRICT;
        INSERT INTO totals SELECT 1, (SELECT coalesce(sum(record_passes), 0) FROM checkpoints),
            (SELECT count(*) FROM checkpoints), (SELECT count(*) FROM slices WHERE records > 0);
        CREATE TRIGGER checkpoint_entered AFTER INSERT ON checkpoints BEGIN
            UPDATE totals SET record_passes = record_passes + NEW.record_passes, stages = stages + 1;
        END;
        CREATE TRIGGER checkpoint_changed AFTER UPDATE ON checkpoints BEGIN
            UPDATE totals SET record_passes = record_passes + NEW.record_passes - OLD.record_passes;
        END;
        CREATE TRIGGER checkpoint_forgotten AFTER DELETE ON checkpoints BEGIN
            UPDATE totals SET record_passes = record_passes - OLD.record_passes, stages = stages - 1;
        END;
        CREATE TRIGGER slice_entered AFTER INSERT ON slices WHEN NEW.records > 0 BEGIN
            UPDATE totals SET slices = slices + 1;
        END;
        CREATE TRIGGER slice_changed AFTER UPDATE ON slices WHEN (NEW.records > 0) <> (OLD.records > 0) BEGIN
            UPDATE totals SET slices = slices + (NEW.records > 0) - (OLD.records > 0);
        END;
        CREATE TRIGGER slice_removed AFTER DELETE ON slices WHEN OLD.records > 0 BEGIN
            UPDATE totals SET slices = slices - 1;
        END;
        """
}
