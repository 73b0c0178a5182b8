/// What can go wrong with a deletion.
package enum DeletionError: Error {
    case unknownID(String)
    /// Holds no name: an owner is a person.
    case unknownOwner(isUnfinished: Bool)
    case noOwners
    case nothingNamed
    /// The records are forgotten, but their shards could not be trained again yet.
    case repairPending(records: Int, cause: any Error)
    /// The records are forgotten and their shards trained again, but the log or the receipt could not be written.
    case receiptPending(records: Int, cause: any Error)
}

extension DeletionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownID(let id):
            "no record has the id \"\(id)\"; nothing was deleted. Ids are compared byte by byte, case included; "
                + "an id that was deleted before is unknown too"
        case .unknownOwner(let isUnfinished):
            "no record that is left belongs to an owner that was named; this command deleted nothing. Owners are compared byte by byte, "
                + "case included"
                + (isUnfinished ? ". An earlier deletion is not finished: `sisa repair` finishes it" : "")
        case .noOwners:
            "the recipe names no column for owners (data.columns.owner), so the workspace knows none; name the records by their ids"
        case .nothingNamed:
            "no record was named; name ids, a file of them with --ids, or an --owner"
        case .receiptPending(let records, let cause):
            "\(records) record(s) are deleted and their shards trained again, but the receipt could not be written: \(cause). Mend that, "
                + "then run `sisa repair` on this workspace"
        case .repairPending(let records, let cause):
            "\(records) record(s) are deleted and no answer can use them, but their traces on disk are not all destroyed, or their "
                + "shards not trained again: \(cause). Mend that, then give the same command again, or run `sisa train` on this "
                + "workspace"
        }
    }
}
