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
        var facts = facts
        facts["generation"] = Data("\(generation)".utf8)
        do {
            let writer = CorpusWriter(
                corpus: corpus, assignment: assignment, staging: files.staging, root: folder)
            try writer.fill(shards: recipe.shards, slices: recipe.slices, feed: feed) { cells, sorted in
                let enter = { (take: (RecordTag, Position) throws -> Void) in
                    guard recipe.assignBy == .owner else { return }
                    try sorted.forEachPlace { id, position in try take(corpus.tag(id), position) }
                }
                try ledger.open(cells, owned: enter, facts: facts)
            }
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
