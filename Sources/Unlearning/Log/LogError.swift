/// What can be wrong with the log and with the keys that sign it.
package enum LogError: Error, Equatable {
    case noSuchFile(path: String)
    case noKey(path: String)
    case keyMissing(path: String)
    case otherKey(path: String)
    case logDamaged(path: String)
    case logBehind(path: String, expected: Int, found: Int)
    case logForked(path: String)
    case restored(known: Int, logged: Int)
    case noLog(path: String)
}

extension LogError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .noSuchFile(let path):
            "\(path) cannot be read; name a file that exists"
        case .noKey(let path):
            "\(path) holds no Ed25519 key; expected a PEM file, as `sisa key export` writes it, or a line "
                + "NAME+HASH+BASE64"
        case .keyMissing(let path):
            "\(path) is missing, so the log cannot be signed and no receipt written; put the file back, or make a new "
                + "key with "
                + "`sisa key rotate --lost`"
        case .otherKey(let path):
            "\(path) is not the key that this workspace signs with; put the right file back, or make a new key with "
                + "`sisa key rotate --lost`"
        case .logDamaged(let path):
            "\(path), a part of the workspace's log, is missing or damaged; restore it from a copy of the folder `log`"
        case .logBehind(let path, let expected, let found):
            "the log in \(path) has \(found) entries, but the ledger knows of \(expected): it was cut or replaced by "
                + "an old copy; "
                + "restore the folder `log`"
        case .logForked(let path):
            "the log in \(path) has other entries than the ledger knows: it was changed, or belongs to another "
                + "workspace; restore "
                + "the folder `log`"
        case .restored(let known, let logged):
            "this workspace is an old copy: its log has \(logged) entries, its ledger knows \(known) of them. Records "
                + "may be in it "
                + "that were deleted since, so it neither trains nor answers; make the deletions again with `sisa log "
                + "replay` and "
                + "their receipts"
        case .noLog(let path):
            "\(path) has no log yet; `sisa train` on the workspace begins one"
        }
    }
}
