/// What can go wrong with a deletion.
package enum DeletionError: Error {
    case unknownID(String)
    case nothingNamed
    /// The records are forgotten, but their shards could not be trained again yet.
    case repairPending(records: Int, cause: any Error)
}

extension DeletionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownID(let id):
            "no record has the id \"\(id)\"; nothing was deleted. Ids are compared byte by byte, case included; "
                + "an id that was deleted before is unknown too"
        case .nothingNamed:
            "no id was named; name one or more"
        case .repairPending(let records, let cause):
            "\(records) record(s) are deleted and no answer can use them, but their traces on disk are not all destroyed, or their "
                + "shards not trained again: \(cause). Mend that, then give the same command again, or run `sisa train` on this "
                + "workspace"
        }
    }
}
