internal import Foundation

/// What a workspace keeps and tells of costs; the formulas are above, in the target `Costs`.
extension Workspace {
    /// The history of what commands cost here.
    package var costBook: CostBook { CostBook(url: files.costs) }

    /// The digest by which the history of costs tells what is trained here: of everything that decides the work, and
    /// nothing of a record.
    package func costPlan() throws -> String {
        var digest = KeyedDigest(key.subkey("costs"))
        for field in recipe.fields where [.training, .assignment].contains(field.role) || field.keyPath == "slices.keep"
        {
            digest.add(field.keyPath.utf8)
            digest.add(field.value)
        }
        digest.add(try backboneDigest())
        return Array(digest.finish().prefix(8)).hexadecimal
    }

    /// How long a deletion takes here; nil where nothing was measured yet.
    package func forecast(threads: Int) -> RepairForecast? {
        guard let plan = try? costPlan() else { return nil }
        return RepairForecast(
            costBook.latest(), plan: plan, threads: threads, headOnly: recipe.adapter == .head, shards: recipe.shards)
    }

    /// Live records of every slice, (shards, slices).
    package func sliceRecords() throws -> [[Int]] { try ledger.slices().map { $0.map(\.records) } }

    /// What the ledger holds of all trained stages, in no order.
    package func trainedStages() throws -> [StageRow] { Array(try ledger.stages().values.joined()) }

    /// Where this workspace's key places records by another recipe.
    package func assignment(by recipe: Recipe) -> Assignment { Assignment(recipe, key: key) }

    /// What `body` makes of a copy of this workspace; nil where something waits for its repair, so that there is none.
    ///
    /// The copy lies in the workspace, shares all large files with it, and is gone in the end; the workspace itself
    /// keeps every record. Other commands wait meanwhile. The folder of a killed one goes with the next command that
    /// writes.
    package func withCopy<Result>(waiting: () -> Void = {}, _ body: (Workspace) throws -> Result) throws -> Result? {
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        guard try ledger.pending().isEmpty, try ledger.unfinishedShards(orders: table.orders).isEmpty else {
            return nil
        }
        defer { try? sweep() }
        return try body(copy(to: files.measurement))
    }

    private func copy(to folder: URL) throws -> Workspace {
        let manager = FileManager.default
        try WorkspaceFiles(root: folder).makeRoot()
        // Files below these are only ever replaced, never changed in place, so both may have them.
        let generation = try ledger.generation()
        let shared = [files.records(generation), files.features(generation), files.index(generation), files.checkpoints]
        for source in shared where try DurableFile.exists(source) {
            let target = folder.appending(path: source.lastPathComponent)
            for name in try manager.subpathsOfDirectory(atPath: source.path).sorted() {
                let (from, to) = (source.appending(path: name), target.appending(path: name))
                try manager.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
                let type = try manager.attributesOfItem(atPath: from.path)[.type] as? FileAttributeType
                if type == .typeRegular { try DurableFile.link(from, to: to) }
            }
        }
        for own in [files.ledger, files.key, files.signingKey, files.log, files.costs] where try DurableFile.exists(own)
        {
            try manager.copyItem(at: own, to: folder.appending(path: own.lastPathComponent))
        }
        return try Workspace(at: folder)
    }
}
