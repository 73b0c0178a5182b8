internal import Crypto
internal import Foundation

extension Session {
    /// Whether the workspace was made of these files, as far as what is left of its records can tell.
    ///
    /// A digest of the files that was kept from the beginning would be influenced by every record that was deleted
    /// since. So the records themselves are compared: the log says how many were added since, and only so many may be
    /// here and not in the files; it says how many were deleted, and only so many may be in the files and not here. A
    /// file that is gone or cannot be opened is an error: nothing tells.
    func isMade(of files: [InputFile], _ recipe: Recipe) throws -> Bool {
        for file in files { try file.check() }
        var left: Set<SHA256.Digest> = []
        for shard in 0..<self.recipe.shards {
            for stored in try records.shard(shard, keeps: false).live { left.insert(Self.digest(stored.record)) }
        }
        var strange = 0
        do {
            try RecordSource(recipe, files).forEach { record, _ in
                if left.remove(Self.digest(record)) == nil { strange += 1 }
            }
        } catch let error as RecordsError where error.problem != .unusableID(limit: RecordSource.longestID) {
            // What cannot be read as records now was not read as records then.
            return false
        }
        if left.isEmpty && strange == 0 { return true }
        try evidence().log.flush()
        let entries = try workspace.logEntries()
        let added = entries.reduce(0) { $0 + ($1.event == .add ? $1.records ?? 0 : 0) }
        let deleted = entries.reduce(0) {
            $0 + ([.delete, .replay].contains($1.event) ? $1.commitments?.count ?? 0 : 0)
        }
        return left.count <= added && strange <= deleted
    }

    /// The digest of everything that a data file says of a record, its date in the form that is stored today.
    private static func digest(_ record: Record) -> SHA256.Digest {
        var record = record
        record.date = record.date.flatMap { RecordDate($0) }?.canonical
        return SHA256.hash(data: RecordSegment.encode([record]))
    }
}
