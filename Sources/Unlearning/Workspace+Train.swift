package import Foundation

/// Where a training's records and backbone come from, beside its recipe.
package struct TrainingSources: Sendable {
    package var backbone: URL
    package var files: [URL]
    package var key: WorkspaceKey?

    package init(backbone: URL, files: [URL], key: WorkspaceKey? = nil) {
        self.backbone = backbone
        self.files = files
        self.key = key
    }
}

/// What a training did.
package struct TrainReport: Sendable {
    package let records: Int
    package let stagesTrained: Int
    package let isNew: Bool
    package let seconds: Double
}

extension Workspace {
    /// Makes a workspace from a recipe, or goes on with the one that is there, until everything the plan asks for exists.
    ///
    /// Data files are read once, when the workspace is made. Choices that change a weight may change later: then all keys change,
    /// what was trained by the old ones is destroyed, and everything is trained again. Labels and data may not.
    @discardableResult
    package static func train(
        _ recipe: Recipe, _ sources: TrainingSources, at root: URL, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> (workspace: Workspace, report: TrainReport) {
        let clock = ContinuousClock().now
        let digest = try digest(ofBackbone: sources.backbone)
        guard recipe.shards * recipe.slices <= 1_000_000 else {
            throw WorkspaceError.tooManyCells(shards: recipe.shards, slices: recipe.slices)
        }
        let files = WorkspaceFiles(root: root)
        // A backbone that cannot do what the recipe asks for says so before anything is made.
        let isNew = !FileManager.default.fileExists(atPath: files.ledger.path)
        var model = isNew ? try Model(recipe, backbone: sources.backbone, training: true) : nil
        try files.makeRoot()
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        let hadKey = FileManager.default.fileExists(atPath: files.key.path)
        let key = try files.prepare(sources.key)
        try files.sweep()
        let ledger = try Ledger(files.ledger, mayCreate: true)
        let facts = [
            "recipe": try JSONEncoder().encode(recipe),
            "backbone": Data(sources.backbone.path.utf8), "backbone_digest": Data(digest)
        ]
        let old = try storedRecipe(ledger)
        if let old {
            // Nor may such a recipe, or such a backbone, take the place of one that works.
            if try old.trainingIdentity != recipe.trainingIdentity
                || ledger.fact("backbone_digest") != Data(digest)
            {
                model = try Model(recipe, backbone: sources.backbone, training: true)
            }
            try adopt(recipe, after: old, ledger, key, facts, at: root)
        } else {
            do {
                try ingest(recipe, sources.files, ledger, key, facts)
            } catch {
                // Nothing half made is left. A key that was there before stays.
                try files.discard(keepingKey: hadKey)
                throw error
            }
        }
        let workspace = Workspace(files, recipe, key, ledger)
        let trained = try workspace.bringUpToDate(model: model, threads: threads, progress: progress)
        let report = TrainReport(
            records: try ledger.recordCount(), stagesTrained: trained, isNew: old == nil,
            seconds: clock.duration(to: .now).seconds)
        return (workspace, report)
    }

    /// Goes on where a killed or deferred command stopped, with the recipe that the workspace has.
    @discardableResult
    package func resume(
        threads: Int = 1, progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> TrainReport {
        let clock = ContinuousClock().now
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try files.sweep()
        let trained = try bringUpToDate(threads: threads, progress: progress)
        return TrainReport(
            records: try ledger.recordCount(), stagesTrained: trained, isNew: false,
            seconds: clock.duration(to: .now).seconds)
    }

    private static func ingest(
        _ recipe: Recipe, _ inputs: [URL], _ ledger: Ledger, _ key: WorkspaceKey, _ facts: [String: Data]
    ) throws {
        guard !inputs.isEmpty else { throw WorkspaceError.noDataFiles }
        let source = RecordSource(recipe, inputs)
        var count = 0
        do {
            try ledger.ingest(
                Assignment(recipe, key: key), RecordDigest(key), shards: recipe.shards, slices: recipe.slices,
                facts: facts
            ) { take in
                try source.forEach { record, _ in
                    try take(record)
                    count += 1
                }
                if count == 0 { throw WorkspaceError.noRecords(files: inputs.map(\.lastPathComponent)) }
            }
        } catch let duplicate as DuplicateID {
            throw try source.explain(duplicate)
        }
    }

    private static func adopt(
        _ recipe: Recipe, after old: Recipe, _ ledger: Ledger, _ key: WorkspaceKey, _ facts: [String: Data],
        at root: URL
    ) throws {
        let changed = recipe.differences(from: old)
        let data = changed.filter { $0 == "data.train" || $0 == "data.format" || $0.hasPrefix("data.columns") }
        if !data.isEmpty { throw WorkspaceError.otherData(path: root.path, fields: data) }
        if changed.contains("labels") { throw WorkspaceError.otherLabels(path: root.path) }
        if changed.contains(where: { ["shards", "slices", "assign_by"].contains($0) }) {
            try ledger.reassign(
                Assignment(recipe, key: key), RecordDigest(key), shards: recipe.shards, slices: recipe.slices,
                facts: facts)
        } else {
            for (name, value) in facts { try ledger.set(name, value) }
        }
    }
}
