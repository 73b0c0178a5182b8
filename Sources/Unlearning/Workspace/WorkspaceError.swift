/// What can be wrong with a workspace, or with what it is asked to be.
package enum WorkspaceError: Error, Equatable {
    case notAWorkspace(path: String)
    case occupied(path: String)
    case notWritable(path: String)
    case keyMissing(path: String)
    case keyDiffers(path: String)
    case ledgerDamaged(column: String)
    case recipeDamaged(path: String)
    case labelDamaged(found: Int, labels: Int)
    case recordsDamaged(path: String)
    case recordsMissing(path: String, records: Int)
    case recordsTooMany(path: String, expected: Int, found: Int)
    case noSuchCell(path: String)
    case strangers(paths: [String])
    case foreignRoot(path: String, owner: UInt32)
    case indexDamaged(path: String)
    case otherData(path: String, fields: [String])
    case otherLabels(path: String)
    case idIsThere(place: String)
    case idWasDeleted(place: String)
    case noBackbone(path: String)
    case backboneUnreadable(path: String, reason: String)
    case backboneChanged(path: String, expected: String, found: String)
    case noSuchShard(Int, shards: Int)
    case untrained
    case voteLost(shard: Int)
    case noSurvivors
    case planChanged
    case checkpointOfAnotherModel
    case tooManyCells(shards: Int, slices: Int)
}

extension WorkspaceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAWorkspace(let path):
            "\(path) is no workspace (it has no ledger); train one with `sisa train <recipe folder> "
                + "--workspace \(path)`, or name another with --workspace"
        case .occupied(let path):
            "\(path) is not empty and holds no workspace; name an empty or a new folder with --workspace"
        case .notWritable(let path):
            "\(path) cannot be written; check its owner and its permissions"
        case .keyMissing(let path):
            "\(path) is missing; without its key the workspace can neither place nor check a record: "
                + "put the file back"
        case .keyDiffers(let path):
            "the workspace \(path) was made with another key; leave --key out, or name another workspace"
        case .ledgerDamaged(let column):
            "the workspace's ledger holds something in its column \(column) that cannot be there: it is damaged. Restore the workspace from "
                + "a backup, or train a new one"
        case .recipeDamaged(let path):
            "the recipe kept in \(path) cannot be read; it was made by another version of sisa, or is damaged"
        case .labelDamaged(let found, let labels):
            "a stored record has label number \(found), but the recipe has only \(labels) labels; the records are damaged: "
                + "restore the workspace from a backup, or train a new one"
        case .recordsDamaged(let path):
            "\(path) does not hold the records that the ledger says; it was changed or damaged, or is of another day. "
                + "Restore the file as it was after the last command, or train a new workspace from the data"
        case .recordsMissing(let path, let records):
            "\(path) is missing or empty, and the ledger says it holds \(records) record(s). Restore the file as it was after the last command, or train a new workspace from the data"
        case .recordsTooMany(let path, let expected, let found):
            "\(path) holds \(found) records, and the ledger says \(expected): a backup that was restored over it may have brought deleted "
                + "records back. `sisa repair` takes them out where they can be told; else restore the file as it was after the last command"
        case .noSuchCell(let path):
            "something leads to \(path), and the ledger has no such slice: an index or a ledger of another day lies here. Restore the workspace "
                + "as a whole as it was after the last command, then run `sisa fsck`"
        case .strangers(let paths):
            "\(paths.count) file(s) in the workspace belong to nothing that it knows, as when an old backup is restored over it; deleted records "
                + "may be in them: look at them and remove them. \(paths.prefix(5).joined(separator: ", "))\(paths.count > 5 ? ", ..." : "")"
        case .foreignRoot(let path, let owner):
            "\(path) belongs to user \(owner), and this is root: what root writes there could not be read or removed by its owner any more. Run "
                + "the command as that user (`setpriv --reuid \(owner) --clear-groups sisa ...`), or allow it with --as-root"
        case .indexDamaged(let path):
            "\(path), a part of the records' index, is missing or damaged; run `sisa repair` on this workspace, which makes the index "
                + "anew from the records"
        case .otherData(let path, let fields):
            "the workspace \(path) holds the records of other data (\(fields.joined(separator: ", ")) differ); "
                + "records are read once, when a workspace is made: name a new one with --workspace, or go on with the recipe that it has by "
                + "`sisa train --workspace` alone"
        case .otherLabels(let path):
            "the recipe's labels differ from those of the workspace \(path), whose records bear the old ones; "
                + "name a new one with --workspace"
        case .idIsThere(let place):
            "\(place): the id is in the workspace already; nothing was added. Where an addition was killed, `sisa repair` finishes it; to correct a record, "
                + "delete it and add it again"
        case .idWasDeleted(let place):
            "\(place): the id was deleted, and the recipe says `deleted_ids: refuse`; nothing was added. Leave it out, or give the "
                + "record another id"
        case .noBackbone(let path):
            "\(path) is no model folder (config.json is missing); fetch the model with `tools/fetch`, "
                + "or name its folder with `sisa train <recipe folder> --backbone DIR`"
        case .backboneUnreadable(let path, let reason):
            "\(path) of the backbone cannot be read: \(reason); a model folder holds files or links to files: fetch the model again"
        case .backboneChanged(let path, let expected, let found):
            "the backbone in \(path) is not the one that this workspace was trained on (expected "
                + "\(expected.prefix(16))..., found \(found.prefix(16))...); put the old one back, name it with `sisa train --backbone DIR`, or train "
                + "again with `sisa train <recipe folder>`"
        case .noSuchShard(let shard, let shards):
            "there is no shard \(shard); this workspace has shards 1 to \(shards)"
        case .untrained:
            "no shard has a trained checkpoint yet; run `sisa train` on this workspace"
        case .voteLost(let shard):
            "shard \(shard) cannot answer: all of its checkpoints are damaged or gone, and the others would answer without it; run `sisa train` "
                + "on this workspace, which makes them again"
        case .noSurvivors:
            "no records are left, so there is nothing to answer from; train a new workspace"
        case .checkpointOfAnotherModel:
            "a stored checkpoint has other tensors than this recipe's model, although ledger and digest vouch for it; somebody "
                + "changed them. Remove the folder `checkpoints` and run `sisa train` on this workspace"
        case .planChanged:
            "records were deleted while this training ran, and its result was thrown away; run the command again"
        case .tooManyCells(let shards, let slices):
            "\(shards) shards x \(slices) slices are more than 1,000,000 cells; use fewer of one of them"
        }
    }
}
