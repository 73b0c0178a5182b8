package import Foundation

/// Where a training's records and backbone come from, beside its recipe.
package struct TrainingSources: Sendable {
    package var backbone: URL
    package var files: [InputFile]
    package var key: WorkspaceKey?

    package init(backbone: URL, inputs: [InputFile], key: WorkspaceKey? = nil) {
        self.backbone = backbone
        files = inputs
        self.key = key
    }

    /// From files that a recipe names.
    package init(backbone: URL, files: [URL], key: WorkspaceKey? = nil) {
        self.init(backbone: backbone, inputs: files.map { InputFile($0) }, key: key)
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
    /// what was trained by the old ones is destroyed, and everything is trained again. Labels and columns may not.
    @discardableResult
    package static func train(
        _ recipe: Recipe, _ sources: TrainingSources, at root: URL, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> (workspace: Workspace, report: TrainReport) {
        let clock = ContinuousClock().now
        let meter = CostMeter()
        let progress = meter.watching(progress)
        let seal = try seal(ofBackbone: sources.backbone)
        let digest = seal.digest
        guard recipe.shards * recipe.slices <= 1_000_000 else {
            throw WorkspaceError.tooManyCells(shards: recipe.shards, slices: recipe.slices)
        }
        let files = WorkspaceFiles(root: root)
        try files.refuseLinks()
        try files.checkVacancy()
        // A backbone that cannot do what the recipe asks for says so before anything is made or changed.
        let isNew = try !DurableFile.exists(files.ledger)
        let isKnown = try !isNew && isUnchanged(recipe, digest, Ledger(files.ledger, .create))
        let model = isKnown ? nil : try Model(recipe, backbone: sources.backbone, training: true, seal: seal)
        try model?.load()
        try files.makeRoot()
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        let hadKey = try DurableFile.exists(files.key)
        let key = try files.prepare(sources.key)
        let ledger = try Ledger(files.ledger, .create)
        let facts = [
            "recipe": try SortedJSON.encode(recipe),
            "backbone": Data(sources.backbone.path.utf8), "backbone_digest": Data(digest),
            Workspace.sealFact: try SortedJSON.encode(seal)
        ]
        let old = try storedRecipe(ledger)
        if let old {
            let workspace = Workspace(files, old, key, ledger)
            // What a killed command left is finished by the plan that it was about.
            try workspace.sweep()
            let evidence = try Evidence(workspace)
            try adopt(recipe, after: old, sources.files, workspace, facts, evidence)
        } else {
            do {
                try ingest(recipe, sources.files, files, ledger, key, facts, progress)
            } catch {
                // Nothing half made is left. A key that was there before stays.
                try files.discard(keepingKey: hadKey)
                throw error
            }
        }
        let workspace = Workspace(files, recipe, key, ledger)
        try workspace.sweep()
        let evidence = try workspace.evidence()
        let trained = try workspace.bringUpToDate(
            model: model, threads: threads, evidence: evidence, progress: progress)
        try workspace.completeIndex()
        try evidence.publish()
        if trained > 0 {
            try workspace.costBook.append(meter.entry(.train, [], plan: workspace.costPlan(), threads: threads))
        }
        let report = TrainReport(
            records: try ledger.recordCount(), stagesTrained: trained, isNew: old == nil,
            seconds: clock.duration(to: .now).seconds)
        return (workspace, report)
    }

    /// Goes on where a killed command stopped, with the recipe that the workspace has. `backbone`: where it lies now, if it was moved.
    @discardableResult
    package func resume(
        backbone: URL? = nil, threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> TrainReport {
        let clock = ContinuousClock().now
        let meter = CostMeter()
        let progress = meter.watching(progress)
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        if let backbone { try move(backbone: backbone) } else { try check(backbone: backboneFolder()) }
        let evidence = try evidence()
        let trained = try bringUpToDate(threads: threads, evidence: evidence, progress: progress)
        try completeIndex()
        try evidence.publish()
        if trained > 0 { try costBook.append(meter.entry(.train, [], plan: costPlan(), threads: threads)) }
        return TrainReport(
            records: try ledger.recordCount(), stagesTrained: trained, isNew: false,
            seconds: clock.duration(to: .now).seconds)
    }

    private static func ingest(
        _ recipe: Recipe, _ inputs: [InputFile], _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey,
        _ facts: [String: Data], _ progress: @escaping TrainingProgress
    ) throws {
        guard !inputs.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        let source = RecordSource(recipe, inputs) { progress(.spanningLines(place: $0)) }
        var count = 0
        do {
            try fill(recipe, files, ledger, key, facts, generation: 1) { take in
                try source.forEach { record, place in
                    try take(record, place)
                    count += 1
                }
                if count == 0 { throw RecordsError(file: "", problem: .nothingIn(files: inputs.map(\.name))) }
            }
        } catch let duplicate as DuplicateID {
            throw source.explained(duplicate)
        }
    }

    private static func isUnchanged(_ recipe: Recipe, _ backbone: [UInt8], _ ledger: Ledger) throws -> Bool {
        try storedRecipe(ledger) == recipe && ledger.fact("backbone_digest") == Data(backbone)
    }

    private static func adopt(
        _ recipe: Recipe, after old: Recipe, _ files: [InputFile], _ workspace: Workspace, _ facts: [String: Data],
        _ evidence: Evidence
    ) throws {
        let changed = recipe.changes(from: old)
        func isChanged(_ key: String) -> Bool { changed.contains { $0.keyPath == key } }
        // A project that was moved has the same files elsewhere; so their names count, and what is in them, and not their folders.
        func names(_ recipe: Recipe) -> [String] { recipe.data.train.map { URL(filePath: $0).lastPathComponent } }
        let data = changed.filter { $0.effects.contains(.records) }.map(\.keyPath)
            .filter { $0 != "data.train" || names(recipe) != names(old) }
        if !data.isEmpty { throw WorkspaceError.otherData(path: workspace.root.path, fields: data) }
        if isChanged("labels") { throw WorkspaceError.otherLabels(path: workspace.root.path) }
        if isChanged("data.train"), try !workspace.isMade(of: files, recipe, evidence) {
            throw WorkspaceError.otherData(path: workspace.root.path, fields: ["data.train"])
        }
        // Until everything is up to date again, checkpoints of the old choices may be anywhere.
        var facts = facts
        let backbone = Array(facts["backbone_digest"] ?? Data())
        let isUnchanged = try isUnchanged(recipe, backbone, workspace.ledger)
        if !isUnchanged { facts[Workspace.staleFact] = Data() }
        func note(_ cells: [[SliceSummary]]) throws -> LogNote {
            try evidence.log.note(workspace.entry(.replan, cells, recipe, backbone: backbone))
        }
        if recipe.deletedIDs == .allow { try workspace.ledger.clearRefused() }
        guard changed.contains(where: { $0.effects.contains(.cells) }) else {
            try workspace.ledger.set(facts, note: isUnchanged ? nil : note(workspace.ledger.slices()))
            return
        }
        // Deletions under way are finished first: their cells are about to go.
        try workspace.destroyPendingRecords()
        let next = Workspace(workspace.files, recipe, workspace.key, workspace.ledger)
        let (held, features) = (try workspace.ledger.slices(), try workspace.features())
        try fill(
            recipe, workspace.files, workspace.ledger, workspace.key, facts,
            generation: try workspace.ledger.generation() + 1, chain: next.chain(backbone), note: note
        ) { take in
            for shard in 0..<old.shards {
                for stored in try workspace.records(shard: shard) { try take(stored.record, nil) }
            }
        }
        try next.features().take(features, held, next.ledger.slices())
    }
}
