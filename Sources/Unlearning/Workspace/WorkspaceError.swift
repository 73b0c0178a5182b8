/// What can be wrong with a workspace, or with what it is asked to be.
package enum WorkspaceError: Error, Equatable {
    case occupied(path: String)
    case keyMissing(path: String)
    case keyDiffers(path: String)
    case recipeDamaged(path: String)
    case unreferenced(paths: [String])
    case foreignRoot(path: String, owner: UInt32)
    case otherData(path: String, fields: [String])
    case otherLabels(path: String)
    case idIsThere(place: String)
    case idWasDeleted(place: String)
    case noSuchShard(Int, shards: Int)
    case tooManyCells(shards: Int, slices: Int)
    /// A folder that a command is to write into lies in the workspace.
    case insideWorkspace(path: String)
}

extension WorkspaceError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .occupied(let path):
            "\(path) is not empty and holds no workspace; name an empty or a new folder with --workspace"
        case .keyMissing(let path):
            "\(path) is missing; without its key the workspace can neither place nor check a record: "
                + "put the file back"
        case .keyDiffers(let path):
            "the workspace \(path) was made with another key; leave --key out, or name another workspace"
        case .recipeDamaged(let path):
            "the recipe kept in \(path) cannot be read; it was made by another version of sisa, or is damaged"
        case .unreferenced(let paths):
            "\(paths.count) file(s) in the workspace belong to nothing that it knows, as when an old backup is "
                + "restored over it; deleted records "
                + "may be in them: look at them and remove them. "
                + "\(paths.prefix(5).joined(separator: ", "))\(paths.count > 5 ? ", ..." : "")"
        case .foreignRoot(let path, let owner):
            "\(path) belongs to user \(owner), and this is root: what root writes there could not be read or removed "
                + "by its owner any more. Run "
                + "the command as that user (`setpriv --reuid \(owner) --clear-groups sisa ...`), or allow it with "
                + "--as-root"
        case .otherData(let path, let fields):
            "the workspace \(path) holds the records of other data (\(fields.joined(separator: ", ")) differ); "
                + "records are read once, when a workspace is made: name a new one with --workspace, or go on with the "
                + "recipe that it has by "
                + "`sisa train --workspace` alone"
        case .otherLabels(let path):
            "the recipe's labels differ from those of the workspace \(path), whose records bear the old ones; "
                + "name a new one with --workspace"
        case .idIsThere(let place):
            "\(place): the id is in the workspace already; nothing was added. Where an addition was killed, `sisa "
                + "repair` finishes it; to correct a record, "
                + "delete it and add it again"
        case .idWasDeleted(let place):
            "\(place): the id was deleted, and the recipe says `deleted_ids: refuse`; nothing was added. Leave it out, "
                + "or give the "
                + "record another id"
        case .noSuchShard(let shard, let shards):
            "there is no shard \(shard); this workspace has shards 1 to \(shards)"
        case .insideWorkspace(let path):
            "\(path) is in the workspace, where only its own files may be; name a folder elsewhere"
        case .tooManyCells(let shards, let slices):
            "\(shards) shards x \(slices) slices are more than 1,000,000 cells; use fewer of one of them"
        }
    }
}
