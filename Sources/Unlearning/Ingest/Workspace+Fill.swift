internal import Foundation

extension Workspace {
    /// Writes a stream of records into cells, in a folder of its own, and then, in one transaction, makes that folder
    /// the workspace's.
    ///
    /// `feed`: Hands over each record, and where it stands in the files that it is read from.
    /// `note`: The log's entry about these cells; nil where the workspace keeps no log yet.
    static func fill(
        _ recipe: Recipe, _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey,
        _ facts: [String: Data], layout number: Int, chain: KeyChain? = nil,
        note: ([[SliceSummary]]) throws -> LogNote? = { _ in nil },
        feed: (@escaping (Record, RecordPlace?) throws -> Void) throws -> Void
    ) throws {
        let folder = files[.records, layout: number]
        let index = RecordIndex(files[.index, layout: number], recipe, key)
        func removeAll() throws {
            for folder in [folder, index.root] { try DurableFile.removeFolder(folder) }
            try DurableFile.remove([files[.stagedRecords], files[.stagedPlaces]])
        }
        // What a killed attempt wrote.
        try removeAll()
        var facts = facts
        facts["generation"] = Data("\(number)".utf8)
        do {
            let writer = CorpusWriter(
                corpus: Corpus(folder, recipe, key), index: index, assignment: Assignment(recipe, key: key),
                stagedRecords: files[.stagedRecords], stagedPlaces: files[.stagedPlaces], root: folder)
            let (cells, seals) = try writer.fill(shards: recipe.shards, slices: recipe.slices, feed: feed)
            try ledger.open(cells, facts: facts, note: note(cells), chain: chain, seals: seals)
        } catch {
            try removeAll()
            throw error
        }
    }
}
