/// What can go wrong with a deletion.
package enum DeletionError: Error {
    /// `of`: How many ids were named.
    case unknownIDs([RecordID], of: Int)
    /// Holds no name: an owner is a person.
    case unknownOwner(isUnfinished: Bool)
    case noOwners
    case nothingNamed
    case filterWithOthers
    case unreadableFilter
    case noSuchLabel(labels: [String], nearest: String?)
    case noLabels
    case noDates
    case nothingMeets
    /// The records are forgotten, but their shards could not be trained again yet.
    case repairPending(records: Int, cause: any Error)
    /// The records are forgotten and their shards trained again, but the log or the receipt could not be written.
    case receiptPending(records: Int, cause: any Error)
}

extension DeletionError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .unknownIDs(let ids, let count):
            (ids.count == 1 ? "no record has the id " : "no record has one of these \(ids.count) ids: ")
                + Self.list(ids)
                + "; nothing was deleted. Ids are compared byte by byte, case included; an id that was deleted before "
                + "is unknown too"
                + (ids.count < count ? ". --ignore-unknown deletes the others" : "")
        case .unknownOwner(let isUnfinished):
            "no record that is left belongs to an owner that was named; this command deleted nothing. Owners are "
                + "compared byte by byte, "
                + "case included"
                + (isUnfinished ? ". An earlier deletion is not finished: `sisa repair` finishes it" : "")
        case .noOwners:
            "the recipe names no column for owners (data.columns.owner), so the workspace knows none; name the records "
                + "by their ids"
        case .nothingNamed:
            "no record was named; name ids, a file of them with --ids, an --owner, or a condition with --where"
        case .filterWithOthers:
            "--where and named records in one request: it is not clear whether either or both are meant; give two "
                + "commands"
        case .unreadableFilter:
            "--where has a condition that cannot be read; write label=NAME, or date and one of = < <= > >= and a date "
                + "like 2024-05-31, in "
                + "quotes: --where 'date<2024-05-31'"
        case .noSuchLabel(let labels, let nearest):
            "--where names a label that the recipe does not have; "
                + (nearest.map { "did you mean \"\($0)\"?" } ?? "it has \(labels.prefix(10).joined(separator: ", "))")
        case .noLabels:
            "--where names a label, and the records of this workspace have none: its task is a generation; name a date"
        case .noDates:
            "the recipe names no column for dates (data.columns.date), so the workspace knows none"
        case .nothingMeets:
            "no record meets the conditions; nothing was deleted"
        case .receiptPending(let records, let cause):
            "\(records) record(s) are deleted and their shards trained again, but the receipt could not be written: "
                + "\(cause). Mend that, "
                + "then run `sisa repair` on this workspace"
        case .repairPending(let records, let cause):
            "\(records) record(s) are deleted and no answer can use them, but their traces on disk are not all "
                + "destroyed, or their "
                + "shards not trained again: \(cause). Mend that, then give the same command again, or run `sisa "
                + "train` on this "
                + "workspace"
        }
    }

    /// The first 20. In one line whatever is in them; a long one is more likely a record, in a file that is no list of
    /// ids.
    private static func list(_ ids: [RecordID]) -> String {
        let shown = ids.prefix(20).map { id in
            let bytes = id.rawValue.utf8.count
            return bytes <= 100 ? String(reflecting: id.rawValue) : "(one of \(bytes) bytes)"
        }
        return shown.joined(separator: ", ") + (ids.count > 20 ? " and \(ids.count - 20) more" : "")
    }
}
