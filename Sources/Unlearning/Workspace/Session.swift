internal import Engine
internal import Foundation

/// A command that changes a workspace: it holds the lock, and everything that its steps share, each read or built once.
///
/// It begins with what a killed command left: half-written files go, an addition is finished or taken back.
final class Session {
    let workspace: Workspace
    let threads: Int
    /// Tells what happens, and counts what it costs.
    let progress: TrainingProgress
    let layout: Layout
    /// The keys that the recipe and the backbone of the workspace ask for.
    let chain: KeyChain
    /// The records, and whose deletion is accepted; `refresh` reads both again.
    private(set) var records: LiveRecords
    private var opened: Evidence?
    private let lock: WorkspaceLock
    private let meter: CostMeter
    private let start: ContinuousClock.Instant

    /// What a command has at hand from its beginning, before there is a session.
    struct Beginning {
        let threads: Int
        let progress: TrainingProgress
        let meter = CostMeter()
        let start = ContinuousClock().now

        init(threads: Int, progress: @escaping TrainingProgress = { _ in }) {
            self.threads = threads
            self.progress = meter.watching(progress)
        }
    }

    /// `lock`: The workspace's, if the command holds it already.
    init(
        _ workspace: Workspace, _ beginning: Beginning, lock: WorkspaceLock? = nil, waiting: () -> Void = {}
    ) throws {
        self.workspace = workspace
        threads = beginning.threads
        progress = beginning.progress
        (meter, start) = (beginning.meter, beginning.start)
        self.lock = try lock ?? WorkspaceLock(workspace.files[.lock], waiting: waiting)
        layout = try workspace.layout()
        chain = workspace.chain(try workspace.backboneDigest())
        records = try LiveRecords(layout.corpus, workspace.ledger)
        try sweep()
    }

    var recipe: Recipe { workspace.recipe }
    var ledger: Ledger { workspace.ledger }
    var table: StageTable { chain.table }

    /// Record-passes of everything that the command has begun to train.
    var recordPasses: Int { meter.recordPassesBegun }

    /// Seconds since the command began.
    var seconds: Double { start.duration(to: .now).seconds }

    /// Shards with deletions that wait for their repair, ascending.
    var waitingShards: [Int] { Set(records.pending.keys.map(\.shard)).sorted() }

    /// The shards to bring up to date where these have changed; nil: all, because checkpoints of earlier choices may be
    /// in any.
    func stale(_ shards: [Int]) throws -> [Int]? {
        try ledger.fact(Ledger.staleFact) == nil ? shards : nil
    }

    /// Reads again whose deletion is accepted: after each step that changes it. `keepsText`: What was read of records
    /// is still what lies there.
    func refresh(keepsText: Bool = false) throws {
        records = try LiveRecords(layout.corpus, ledger, after: keepsText ? records : nil)
    }

    /// Forgets what was read of records: their files are about to change, or have changed.
    func forgetText() { records = LiveRecords(layout.corpus, ledger, pending: records.pending) }

    /// Which checkpoints there should be. `shards`: at a cost that does not grow with the others; nil: all.
    func plan(_ shards: [Int]? = nil) throws -> CheckpointPlan {
        guard let shards else { return CheckpointPlan(try ledger.slices(), chain: chain) }
        return CheckpointPlan(of: try ledger.slices(shards: shards), chain: chain)
    }

    /// What keeps the workspace equal to its plan.
    var reconciler: Reconciler {
        let records = records
        return Reconciler(
            recipe: recipe, ledger: ledger, store: workspace.store, chain: chain, threads: threads, progress: progress,
            features: layout.features,
            records: { shard, threads in try records.shard(shard, threads: threads).live })
    }

    /// What the command leaves as proof. What a killed one left of that is finished or taken back first.
    func evidence() throws -> Evidence {
        if let opened { return opened }
        let evidence = try openEvidence()
        try evidence.sweep()
        return evidence
    }

    /// The same with a choice. `state`: What the log is to be taken for, where the ledger is older than it.
    /// `goesWithout`: Whether a deletion goes on where the disk has no room for the draft of its receipt.
    @discardableResult
    func openEvidence(_ state: LogState? = nil, goesWithout: Bool = false) throws -> Evidence {
        let evidence = try Evidence(
            workspace.files, ledger, workspace.key, state: state, goesWithout: goesWithout, begins: ingestEntry)
        opened = evidence
        return evidence
    }

    /// Calls `body`; where the disk is full once more, with the room that was kept for a deletion.
    func usingReserve<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch  where Ledger.isFull(error) {
            // What this attempt noted is not in the ledger, so the next begins anew.
            try DurableFile.remove([workspace.files[.reserve]])
            try openEvidence(goesWithout: true)
            return try body()
        }
    }

    /// Removes what killed processes left: half-written files, an unfinished verification, layouts that are not in use.
    private func sweep() throws {
        let files = workspace.files
        try files.sweep(layout: layout.number)
        // Where the disk has no room for that, the command's own transaction says so.
        if try DurableFile.exists(files[.journal]) { try? ledger.endJournal() }
        try workspace.finishAdditions(layout)
        for cell in records.pending.keys { try layout.corpus.sweep(cell) }
    }

    /// Makes the index anew where a part of it is missing, damaged, or not what the ledger says; see `IndexRepair`.
    func completeIndex() throws { try IndexRepair(self).run() }

    /// Ends a command: log and receipts are written, and the workspace keeps what it cost.
    ///
    /// `command`: nil: nothing is kept of its cost.
    func finish(
        _ command: CostEntry.Command?, _ touched: [CostEntry.Touched] = [], influenceFreeSeconds: Double? = nil
    ) throws {
        try evidence().publish()
        guard let command else { return }
        workspace.costBook.append(
            meter.entry(
                command, touched, plan: try workspace.costPlan(), threads: threads,
                influenceFreeSeconds: influenceFreeSeconds))
    }
}

extension Workspace {
    /// A command that changes the workspace, as one bracket.
    func write<Result>(
        _ threads: Int, _ progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {},
        _ body: (Session) throws -> Result
    ) throws -> Result {
        let session = try Session(self, Session.Beginning(threads: threads, progress: progress), waiting: waiting)
        defer { withExtendedLifetime(session) {} }
        return try body(session)
    }
}
