package import Foundation

/// Where a training's records and backbone come from, beside its recipe.
package struct TrainingSources: Sendable {
    /// The folder of the pretrained model.
    package var backbone: URL
    /// The files of records, in their order.
    package var files: [InputFile]
    /// The key of the workspace; nil: a new one.
    package var key: WorkspaceKey?

    /// Names all of it.
    package init(backbone: URL, inputs: [InputFile], key: WorkspaceKey? = nil) {
        self.backbone = backbone
        files = inputs
        self.key = key
    }

    /// Names files that a recipe names.
    package init(backbone: URL, files: [URL], key: WorkspaceKey? = nil) {
        self.init(backbone: backbone, inputs: files.map { InputFile($0) }, key: key)
    }
}

/// What a training did.
package struct TrainReport: Sendable {
    /// How many live records there are.
    package let records: Int
    /// How many stages were trained; 0: everything was there.
    package let stagesTrained: Int
    /// Whether the workspace was made by it.
    package let isNew: Bool
    /// Seconds from the call to its end.
    package let seconds: Double
}

extension Workspace {
    /// Makes a workspace from a recipe, or goes on with the one that is there, until everything the plan asks for
    /// exists.
    ///
    /// Data files are read once, when the workspace is made. Choices that change a weight may change later: then all
    /// keys change, what was trained by the old ones is destroyed, and everything is trained again. Labels and columns
    /// may not.
    @discardableResult
    package static func train(
        _ recipe: Recipe, _ sources: TrainingSources, at root: URL, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> (workspace: Workspace, report: TrainReport) {
        let beginning = Session.Beginning(threads: threads, progress: progress)
        let seal = try seal(ofBackbone: sources.backbone)
        let digest = seal.digest
        guard recipe.shards * recipe.slices <= 1_000_000 else {
            throw WorkspaceError.tooManyCells(shards: recipe.shards, slices: recipe.slices)
        }
        let files = WorkspaceFiles(root: root)
        try files.refuseLinks()
        try files.checkVacancy()
        // A backbone that cannot do what the recipe asks for says so before anything is made or changed.
        let isNew = try !DurableFile.exists(files[.ledger])
        let isKnown = try !isNew && isUnchanged(recipe, digest, Ledger(files[.ledger], .create))
        let model = isKnown ? nil : try Model(recipe, backbone: sources.backbone, training: true, seal: seal)
        try model?.load()
        try files.makeRoot()
        let lock = try WorkspaceLock(files[.lock], waiting: waiting)
        let hadKey = try DurableFile.exists(files[.key])
        let key = try files.prepare(sources.key)
        let ledger = try Ledger(files[.ledger], .create)
        let facts = [
            "recipe": try SortedJSON.encode(recipe),
            "backbone": Data(sources.backbone.path.utf8), "backbone_digest": Data(digest),
            Workspace.sealFact: try SortedJSON.encode(seal)
        ]
        let old = try storedRecipe(ledger)
        if let old {
            // What a killed command left is finished by the plan that it was about.
            let session = try Session(Workspace(files, old, key, ledger), beginning, lock: lock)
            try session.adopt(recipe, sources.files, facts, model)
        } else {
            do {
                try ingest(recipe, sources.files, files, ledger, key, facts, model, beginning.progress)
            } catch {
                // Nothing half made is left. A key that was there before stays.
                try files.discard(keepingKey: hadKey)
                throw error
            }
        }
        let session = try Session(Workspace(files, recipe, key, ledger), beginning, lock: lock)
        return (session.workspace, try session.train(model: model, isNew: old == nil))
    }

    /// Goes on where a killed command stopped, with the recipe that the workspace has. `backbone`: where it lies now,
    /// if it was moved.
    @discardableResult
    package func resume(
        backbone: URL? = nil, threads: Int = 1, progress: @escaping TrainingProgress = { _ in },
        waiting: () -> Void = {}
    ) throws -> TrainReport {
        try write(threads, progress, waiting: waiting) { session in
            if let backbone { try move(backbone: backbone) } else { try check(backbone: backboneFolder()) }
            return try session.train(isNew: false)
        }
    }

    private static func ingest(
        _ recipe: Recipe, _ inputs: [InputFile], _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey,
        _ facts: [String: Data], _ model: Model?, _ progress: @escaping TrainingProgress
    ) throws {
        guard !inputs.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        let fit = try model.map { try RecordFit($0, recipe) }
        let source = RecordSource(recipe, inputs) {
            fit?.misfit($0)?.words
        } notice: {
            progress(.spanningLines(place: $0))
        }
        var count = 0
        do {
            try fill(recipe, files, ledger, key, facts, layout: 1) { take in
                try source.forEach { record, place in
                    try take(record, place)
                    count += 1
                }
                if count == 0 { throw RecordsError(file: "", problem: .nothingIn(files: inputs.map(\.name))) }
            }
        } catch let duplicate as DuplicateID {
            throw source.explained(duplicate)
        }
        fit?.tell(progress)
    }

    fileprivate static func isUnchanged(_ recipe: Recipe, _ backbone: [UInt8], _ ledger: Ledger) throws -> Bool {
        try storedRecipe(ledger) == recipe && ledger.fact("backbone_digest") == Data(backbone)
    }

}

extension Session {
    /// Trains what is missing, and ends the command.
    fileprivate func train(model: Model? = nil, isNew: Bool) throws -> TrainReport {
        // A log that is ahead of the ledger is told before anything changes.
        _ = try evidence()
        // Receipts name the program: its digest is at hand then.
        let program = workspace.programDigest
        program.prepare()
        let trained = try bringUpToDate(model: model)
        try completeIndex()
        try finish(trained > 0 ? .train : nil)
        if trained > 0 { _ = program.current() }
        return TrainReport(
            records: try ledger.recordCount(), stagesTrained: trained, isNew: isNew, seconds: seconds)
    }

    /// Refuses choices by which the model cannot learn from all of the workspace's records, before anything changes.
    private func refuseMisfits(_ model: Model, _ recipe: Recipe) throws {
        guard recipe.task == .generation else { return }
        let fit = try RecordFit(model, recipe)
        var misfits: [RecordEncoder.Misfit] = []
        for shard in 0..<self.recipe.shards {
            misfits += try records.shard(shard, keeps: false).live.compactMap { fit.misfit($0.record) }
        }
        if let first = misfits.first {
            throw TrainingError.recordsDoNotFit(count: misfits.count, problem: first.problem)
        }
        fit.tell(progress)
    }

    /// Makes other choices the workspace's. Where they change its cells, its records are written as a new layout.
    ///
    /// `model`: That of the other choices; nil where nothing changes.
    fileprivate func adopt(
        _ recipe: Recipe, _ files: [InputFile], _ facts: [String: Data], _ model: Model?
    ) throws {
        let (old, workspace, evidence) = (self.recipe, workspace, try openEvidence())
        let changed = recipe.changes(from: old)
        func isChanged(_ key: String) -> Bool { changed.contains { $0.keyPath == key } }
        // A project that was moved has the same files elsewhere; so their names count, and what is in them, and not
        // their folders.
        func names(_ recipe: Recipe) -> [String] { recipe.data.train.map { URL(filePath: $0).lastPathComponent } }
        let data = changed.filter { $0.effects.contains(.records) }.map(\.keyPath)
            .filter { $0 != "data.train" || names(recipe) != names(old) }
        if !data.isEmpty { throw WorkspaceError.otherData(path: workspace.root.path, fields: data) }
        if isChanged("labels") { throw WorkspaceError.otherLabels(path: workspace.root.path) }
        if isChanged("data.train"), try !isMade(of: files, recipe) {
            throw WorkspaceError.otherData(path: workspace.root.path, fields: ["data.train"])
        }
        if let model { try refuseMisfits(model, recipe) }
        // Until everything is up to date again, checkpoints of the old choices may be anywhere.
        var facts = facts
        let backbone = Array(facts["backbone_digest"] ?? Data())
        let isUnchanged = try Workspace.isUnchanged(recipe, backbone, ledger)
        if !isUnchanged { facts[Ledger.staleFact] = Data() }
        func note(_ cells: [[SliceSummary]]) throws -> LogNote {
            try evidence.log.note(workspace.entry(.replan, cells, recipe, backbone: backbone))
        }
        if recipe.deletedIDs == .allow { try ledger.clearRefused() }
        guard changed.contains(where: { $0.effects.contains(.cells) }) else {
            try ledger.set(facts, note: isUnchanged ? nil : note(ledger.slices()))
            return
        }
        // Deletions under way are finished first: their cells are about to go.
        try destroyRecords()
        let next = Workspace(workspace.files, recipe, workspace.key, ledger)
        let held = try ledger.slices()
        try Workspace.fill(
            recipe, workspace.files, ledger, workspace.key, facts, layout: layout.number + 1,
            chain: next.chain(backbone), note: note
        ) { take in
            for shard in 0..<old.shards {
                for stored in try records.shard(shard, keeps: false).live { try take(stored.record, nil) }
            }
        }
        try next.layout().features.take(layout.features, held, ledger.slices())
    }
}
