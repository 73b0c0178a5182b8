internal import Foundation

extension Workspace {
    /// Refuses data files that are not those which this workspace was made from: a recipe of another folder may name its files alike.
    ///
    /// Nothing of the files is kept for that, as it would descend from records that are deleted: the records are compared. Those that live must be
    /// in the files, the same in every part, but for as many as were added since; and the files hold as many as were read in, by the log.
    func refuseOtherData(_ inputs: [URL], _ recipe: Recipe, _ fields: [String]) throws {
        let corpus = try corpus()
        var live: [RecordTag: SliceSummary] = [:]
        for shard in 0..<self.recipe.shards {
            for stored in try records(shard: shard) { live[corpus.tag(stored.record.id)] = corpus.summary([stored]) }
        }
        let origin = Position(shard: 0, slice: 0)
        var (count, same, other) = (0, 0, 0)
        try RecordSource(recipe, inputs).forEach { record, _ in
            count += 1
            guard let known = live[corpus.tag(record.id)] else { return }
            let isSame = known == corpus.summary([StoredRecord(record: record, position: origin, rank: 0)])
            (same, other) = isSame ? (same + 1, other) : (same, other + 1)
        }
        let entries = try logEntries()
        let added = entries.filter { $0.event == .add }.reduce(0) { $0 + ($1.records ?? 0) }
        let deleted = entries.filter { $0.event == .delete }.reduce(0) { $0 + ($1.commitments?.count ?? 0) }
        // A restored workspace may have lost additions that the log tells of.
        let isCounted = entries.contains { $0.event == .replay } || count == live.count + deleted - added
        // One that was deleted and added again may be another than in the file.
        guard isCounted, other <= added, same >= live.count - added, same > 0 || live.isEmpty else {
            throw WorkspaceError.otherData(path: root.path, fields: fields)
        }
    }
}
