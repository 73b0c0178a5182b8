internal import Foundation

extension Workspace {
    /// Writes a stream of records into cells, in a folder of its own, and then, in one transaction, makes that folder the workspace's.
    ///
    /// `feed`: Hands over each record, and where it stands in the files that it is read from.
    /// `note`: The log's entry about these cells; nil where the workspace keeps no log yet.
    static func fill(
        _ recipe: Recipe, _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey,
        _ facts: [String: Data], generation: Int, chain: KeyChain? = nil,
        note: ([[SliceSummary]]) throws -> LogNote? = { _ in nil },
        feed: (@escaping (Record, RecordPlace?) throws -> Void) throws -> Void
    ) throws {
        let folder = files.records(generation)
        let index = RecordIndex(files.index(generation), recipe, key)
        func removeAll() throws {
            for folder in [folder, index.root] { try DurableFile.removeFolder(folder) }
            try DurableFile.remove(files.staging.all)
        }
        // What a killed attempt wrote.
        try removeAll()
        var facts = facts
        facts["generation"] = Data("\(generation)".utf8)
        do {
            let writer = CorpusWriter(
                corpus: Corpus(folder, recipe, key), index: index, assignment: Assignment(recipe, key: key),
                staging: files.staging, root: folder)
            let (cells, seals) = try writer.fill(shards: recipe.shards, slices: recipe.slices, feed: feed)
            try ledger.open(cells, facts: facts, note: note(cells), chain: chain, seals: seals)
        } catch {
            try removeAll()
            throw error
        }
    }
}

extension Workspace {
    /// Makes the index anew from the records where a part of it is missing, damaged, or not what the ledger says; and what a ledger of an
    /// earlier version does not know of slices.
    func completeIndex() throws {
        let (index, corpus) = (try index(), try corpus())
        try index.sweep()
        // Of deletions that wait nothing is in the index: that was destroyed before.
        let isWhole = try index.faults(ledger.seals() ?? [:], waiting: { [] }).allSatisfy { $0.fault == nil }
        let isKnown = try !ledger.lacksAttributes()
        if isWhole, isKnown { return }
        if !isKnown {
            for shard in 0..<recipe.shards {
                let cells = Dictionary(grouping: try records(shard: shard), by: \.cell)
                try ledger.complete(cells.mapValues(corpus.summary), of: corpus.summary([]), shard: shard)
            }
        }
        try DurableFile.remove(files.staging.all)
        let places = try PlaceSorter(files.staging.places)
        // Of records that are what the ledger says; buckets are replaced one by one, so that a failure costs none.
        for shard in 0..<recipe.shards { try places.take(records(shard: shard), index) }
        try ledger.set(index.fill(from: places))
    }
}

extension Ledger {
    /// Which records folder is the workspace's.
    func generation() throws -> Int {
        try fact("generation").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 1
    }
}
