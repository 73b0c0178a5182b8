internal import Engine
internal import Foundation

/// Builds a second workspace that never saw anything but the surviving records, and compares the first with it.
package struct Verifier {
    let subject: Workspace
    /// The ones to verify; nil: all.
    let shards: [Int]?
    let threads: Int
    let progress: TrainingProgress

    /// What both workspaces are asked, beside the bytes that are compared: no record's text, and fixed.
    package static let texts = [
        "I took it for two weeks and felt much better.", "It did nothing for me, and the side effects were awful.",
        "How do I change the limit of my card?", "a small domesticated animal", "?", "42"
    ]

    /// `inspect`: is handed the second workspace, whose checkpoints nobody could forge, before it goes.
    func run(
        texts: [String], in folder: URL, inspect: (Workspace) throws -> Void = { _ in }
    ) throws -> VerificationReport {
        let clock = ContinuousClock().now
        let backbone = try subject.backboneFolder()
        let digest = try subject.check(backbone: backbone).digest
        let fresh: Workspace
        do {
            fresh = try build(in: folder, backbone: backbone, digest: digest)
        } catch CorpusError.recordsDamaged(let path) {
            return VerificationReport(
                stages: [], predictions: 0, predictionsAreIdentical: false, misplaced: [], damagedFile: path,
                seconds: clock.duration(to: .now).seconds)
        }
        // Nothing of what the subject stored is asked, and its files of features would be: so there are none.
        let trainer = try Model(subject.recipe, backbone: backbone, training: true)
        let chain = subject.chain(digest)
        let held = CheckpointPlan(try subject.ledger.slices(), chain: chain)
        let truth = CheckpointPlan(try fresh.ledger.slices(), chain: chain)
        let (layout, placed) = (try subject.layout(), try fresh.layout())
        let records = try LiveRecords(placed.corpus, fresh.ledger)
        let reconciler = Reconciler(
            recipe: fresh.recipe, ledger: fresh.ledger, store: fresh.store, chain: chain, threads: threads,
            progress: progress, features: nil,
            records: { shard, threads in try records.shard(shard, threads: threads).live })
        try reconciler.train(try reconciler.missing(truth, shards: shards), model: trainer)
        let shards = self.shards ?? Array(truth.shards.indices)
        var stages: [VerificationReport.Stage] = []
        var misplaced: [String] = []
        for shard in shards {
            misplaced += try misplacedSlices(of: shard, held, truth, layout.corpus, placed.corpus)
            let surplus = try subject.ledger.stages(shard: shard).map(\.stage)
                .filter { stage in !truth.shards[shard].contains { $0.stage == stage } }
            for stage in surplus {
                stages.append(
                    VerificationReport.Stage(shard: shard, stage: stage, records: 0, isIdentical: false))
            }
            for item in truth.shards[shard] {
                let mine = try state(of: item, shard: shard, in: subject)
                let theirs = try state(of: item, shard: shard, in: fresh)
                stages.append(
                    VerificationReport.Stage(
                        shard: shard, stage: item.stage, records: item.records,
                        isIdentical: mine != nil && mine == theirs))
            }
        }
        // A deletion finds by it what it must take along.
        if self.shards == nil, let path = try layout.index.difference(from: placed.index) {
            misplaced.append(path)
        }
        try inspect(fresh)
        let model = try Model(subject.recipe, backbone: backbone, training: false)
        let answers = try [(subject, held), (fresh, truth)].map { workspace, plan in
            try self.answers(texts, workspace, plan, model)
        }
        return VerificationReport(
            stages: stages, predictions: answers[1] == nil ? 0 : texts.count,
            predictionsAreIdentical: answers[0] == answers[1], misplaced: misplaced,
            seconds: clock.duration(to: .now).seconds)
    }

    /// Paths of slices whose file, or whose entry in the ledger, is not what the key and the records make of it.
    private func misplacedSlices(
        of shard: Int, _ held: CheckpointPlan, _ truth: CheckpointPlan, _ mine: Corpus, _ theirs: Corpus
    ) throws -> [String] {
        try truth.slices[shard].indices.compactMap { slice in
            let cell = Cell(shard: shard, slice: slice)
            // A ledger that lost a cell is no reason to crash.
            let isHeld = shard < held.slices.count && slice < held.slices[shard].count
            let isPlaced = isHeld && held.slices[shard][slice].describes(truth.slices[shard][slice])
            return try isPlaced && mine.bytes(cell) == theirs.bytes(cell) ? nil : mine.url(cell).path
        }
    }

    /// An empty workspace with the same key and recipe, and the records placed in it afresh.
    private func build(in folder: URL, backbone: URL, digest: [UInt8]) throws -> Workspace {
        let files = WorkspaceFiles(root: folder)
        try files.makeRoot()
        let ledger = try Ledger(files[.ledger], .create)
        let recipe = subject.recipe
        let assignment = Assignment(recipe, key: subject.key)
        let (layout, pending) = (try subject.layout(), try subject.ledger.pending())
        let corpus = layout.corpus
        let facts = ["backbone": Data(backbone.path.utf8), "backbone_digest": Data(digest)]
        func copy(_ take: (Record, RecordPlace?) throws -> Void) throws {
            for shard in shards ?? Array(0..<recipe.shards) {
                for slice in 0..<recipe.slices {
                    let cell = Cell(shard: shard, slice: slice)
                    for stored in try corpus.live(corpus.stored(cell), without: pending[cell] ?? []) {
                        // Placed afresh: a record that lies in a wrong shard is missed there, and noticed.
                        let place = assignment.cell(of: stored.record)
                        if let shards, !shards.contains(place.shard) { continue }
                        try take(stored.record, nil)
                    }
                }
            }
        }
        do {
            try Workspace.fill(recipe, files, ledger, subject.key, facts, layout: 1) { try copy($0) }
        } catch is DuplicateID {
            throw CorpusError.recordsDamaged(path: subject.files[.records, layout: layout.number].path)
        }
        return Workspace(files, recipe, subject.key, ledger)
    }

    /// The bytes of a checkpoint; of one that is not kept, the digest that its row has.
    private func state(
        of item: CheckpointPlan.Item, shard: Int, in workspace: Workspace
    ) throws -> [UInt8]? {
        guard let row = try workspace.ledger.stages(shard: shard).first(where: { $0.key == item.key }) else {
            return nil
        }
        if !item.isKept { return row.digest }
        return try workspace.store.read(item.key, shard: shard, size: row.size, digest: row.digest)?.content
    }

    /// Answers of one workspace, to the last bit.
    private enum Answers: Equatable {
        case labels([Prediction])
        /// What each shard expects after each text.
        case tokens([TokenScores])
    }

    /// Answers of one workspace; nil where no shard can answer.
    private func answers(
        _ texts: [String], _ workspace: Workspace, _ plan: CheckpointPlan, _ model: Model
    ) throws -> Answers? {
        do {
            guard workspace.recipe.task == .classification else {
                let members = try Member.all(
                    of: plan, model.layout, ledger: workspace.ledger, store: workspace.store, only: shards,
                    threads: threads)
                return .tokens(
                    try NextTokens.scores(
                        after: texts, model, members, limit: workspace.recipe.maxTokens, threads: threads))
            }
            let ensemble = try Ensemble(
                workspace.recipe, model, plan, ledger: workspace.ledger, store: workspace.store, only: shards,
                threads: threads
            )
            return .labels(try ensemble.predictions(texts, votes: true))
        } catch is PredictionError {
            return nil
        }
    }
}
