/// What can be wrong with a ledger, and with the disk below it. No statement of SQL is in it.
package enum LedgerError: Error, Equatable {
    case full(path: String)
    case failed(path: String)
    case readOnly(path: String)
    case unopenable(path: String)
    case busy(path: String)
    case noMemory(path: String)
    case damaged(path: String)
    case foreign(path: String)
    case empty(path: String)
    case newer(path: String, found: Int, known: Int)
    case unnumbered(path: String)
    /// There is no ledger in a folder.
    case missing(folder: String)
    /// A column holds a value that no version of the program writes.
    case column(String)
    /// Deletions changed what a command was about to enter.
    case planChanged
}

extension LedgerError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .full(let path):
            "no room for \(path): the disk is full, or its quota is used up. Free some room and give the command "
                + "again; what was "
                + "finished before is kept"
        case .failed(let path):
            "\(path) could not be read or written to its end; look at the disk and at the limit of a file's size "
                + "(`ulimit -f`), and give "
                + "the command again"
        case .readOnly(let path):
            "\(path) cannot be written: the file, its folder or its file system allows it not to this user; give the "
                + "command as the "
                + "owner of the workspace"
        case .unopenable(let path):
            "\(path), or the journal beside it, cannot be opened; look at its owner and permissions, and at how many "
                + "files a process may "
                + "open (`ulimit -n`)"
        case .busy(let path):
            "another process has worked on \(path) for a minute; give the command again when that has ended"
        case .noMemory(let path):
            "there is not enough memory to work on \(path); give the command again with more (`ulimit -v`, the "
                + "container's limit)"
        case .damaged(let path):
            "\(path) is damaged: its pages or tables are not those of a ledger. Restore the workspace from a backup, "
                + "or train a new one"
        case .foreign(let path):
            "\(path) is no ledger of sisa: it is another kind of file, or damaged from its beginning; nothing was "
                + "changed. Restore the "
                + "workspace from a backup, or name another with --workspace"
        case .empty(let path):
            "\(path) is empty: a training was stopped before its first record was in, or the file was emptied; nothing "
                + "was changed. Train with "
                + "`sisa train <recipe folder>`, or restore the workspace from a backup"
        case .newer(let path, let found, let known):
            "\(path) was made by a newer sisa: its version is \(found), and this program knows versions up to "
                + "\(known); nothing was "
                + "changed. Use that version of sisa"
        case .unnumbered(let path):
            "\(path) has tables but no version (`user_version` is missing), as after a dump that was read back; "
                + "nothing was changed. "
                + "Restore the file itself from a copy"
        case .missing(let folder):
            "\(folder) is no workspace (it has no ledger); train one with `sisa train <recipe folder> "
                + "--workspace \(folder)`, or name another with --workspace"
        case .column(let column):
            "the workspace's ledger holds something in its column \(column) that cannot be there: it is damaged. "
                + "Restore the workspace from a backup, or train a new one"
        case .planChanged:
            "records were deleted while this training ran, and its result was thrown away; run the command again"
        }
    }
}
