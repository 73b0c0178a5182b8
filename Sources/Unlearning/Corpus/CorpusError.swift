/// What can be wrong with the stored records of a workspace, or with their index.
package enum CorpusError: Error, Equatable {
    /// The file of a slice does not hold the records that the ledger says.
    case recordsDamaged(path: String)
    /// The file of a slice is not there, or empty.
    case recordsMissing(path: String, records: Int)
    /// The file of a slice holds more records than the ledger says.
    case recordsTooMany(path: String, expected: Int, found: Int)
    /// Something leads to a slice that the ledger does not have.
    case noSuchCell(path: String)
    /// A bucket of the index is missing or damaged, or of another day than the ledger.
    case indexDamaged(path: String)
}

extension CorpusError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .recordsDamaged(let path):
            "\(path) does not hold the records that the ledger says; it was changed or damaged, or is of another day. "
                + "Restore the file as it was after the last command, or train a new workspace from the data"
        case .recordsMissing(let path, let records):
            "\(path) is missing or empty, and the ledger says it holds \(records) record(s). Restore the file as it "
                + "was "
                + "after the last command, or train a new workspace from the data"
        case .recordsTooMany(let path, let expected, let found):
            "\(path) holds \(found) records, and the ledger says \(expected): a backup that was restored over it may "
                + "have brought deleted records back. `sisa repair` takes them out where they can be told; else "
                + "restore "
                + "the file as it was after the last command"
        case .noSuchCell(let path):
            "something leads to \(path), and the ledger has no such slice: an index or a ledger of another day lies "
                + "here. Restore the workspace as a whole as it was after the last command, then run `sisa fsck`"
        case .indexDamaged(let path):
            "\(path), a part of the records' index, is missing or damaged; run `sisa repair` on this workspace, which "
                + "makes the index anew from the records"
        }
    }
}
