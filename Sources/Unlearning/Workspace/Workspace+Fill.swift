internal import Foundation

extension Workspace {
    /// Writes a stream of records into cells, in a folder of its own, and then, in one transaction, makes that folder the workspace's.
    static func fill(
        _ recipe: Recipe, _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey,
        _ facts: [String: Data], generation: Int, feed: (@escaping (Record) throws -> Void) throws -> Void
    ) throws {
        let folder = files.records(generation)
        // What a killed attempt wrote.
        try DurableFile.removeFolder(folder)
        try DurableFile.remove([files.staging])
        let assignment = Assignment(recipe, key: key)
        let corpus = Corpus(folder, recipe, key)
        var owned: [(RecordTag, Position)] = []
        do {
            let writer = CorpusWriter(
                corpus: corpus, assignment: assignment, staging: files.staging, root: folder)
            let cells = try writer.fill(shards: recipe.shards, slices: recipe.slices) { take in
                try feed { record in
                    if recipe.assignBy == .owner {
                        owned.append(
                            (corpus.tag(record.id), assignment.position(of: record.id, owner: record.owner)))
                    }
                    try take(record)
                }
            }
            var facts = facts
            facts["generation"] = Data("\(generation)".utf8)
            try ledger.open(cells, owned: owned, facts: facts)
        } catch {
            try DurableFile.removeFolder(folder)
            try DurableFile.remove([files.staging])
            throw error
        }
    }
}

extension Ledger {
    /// Which records folder is the workspace's.
    func generation() throws -> Int {
        try fact("generation").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 1
    }
}
