internal import Engine

/// Features of a shard's records while the shard trains: stored ones are read in place, others are computed and kept in memory.
///
/// A feature is a function of its own text alone, so bits do not depend on what was stored or kept. It is never shared between shards.
struct FeatureMemo {
    /// Bytes that all memos of a process together may hold: shards that train at once share it.
    static let budget = 2 << 30

    private let records: [StoredRecord]
    private let model: Model
    private let store: FeatureStore?
    private let threads: Int
    private let budget: Int
    private var kept: [Features?]
    private var bytes = 0
    private var slicesReady: Set<Int> = []

    /// `store`: nil: features are kept in memory only.
    init(_ records: [StoredRecord], _ model: Model, store: FeatureStore?, threads: Int, budget: Int) {
        self.records = records
        self.model = model
        self.store = store
        self.threads = threads
        self.budget = budget
        kept = [Features?](repeating: nil, count: records.count)
    }

    /// Gets ready for a stage: completes the files of its slices, and computes what is still missing while memory lasts.
    ///
    /// `slices`: The slices that the stage reads. `visited`: The records that it visits, ascending.
    mutating func prepare(slices: [Int], visited: [Int]) throws {
        try completeFiles(slices.filter { !slicesReady.contains($0) })
        slicesReady.formUnion(slices)
        let missing = visited.filter { kept[$0] == nil }
        for group in FeatureStore.groups(missing.indices) {
            _ = try features(of: Array(missing[group]))
            guard missing[group].allSatisfy({ kept[$0] != nil }) else { return }
        }
    }

    /// Files that are whole are read side by side; the others are made one after another, each by all threads.
    private mutating func completeFiles(_ slices: [Int]) throws {
        guard let store else { return }
        let cells = slices.map { slice in records.indices.filter { records[$0].cell.slice == slice } }
            .filter { !$0.isEmpty }
        func live(_ group: [Int]) -> [Record] { group.map { records[$0].record } }
        let whole = Parallel.map(cells.count, threads: threads) {
            store.whole(records[cells[$0][0]].cell, live(cells[$0]))
        }
        for (group, whole) in zip(cells, whole) {
            let stored = try whole ?? store.complete(records[group[0]].cell, live(group), model, threads: threads)
            for (index, features) in zip(group, stored) { kept[index] = features }
        }
    }

    /// The features of records.
    mutating func features(of wanted: [Int]) throws -> [Features] {
        let missing = wanted.filter { kept[$0] == nil }
        var fresh: [Int: Features] = [:]
        if !missing.isEmpty {
            let computed = try model.features(missing.map { records[$0].record.text }, threads: threads)
            for (index, features) in zip(missing, computed) {
                fresh[index] = features
                guard bytes + features.bytes <= budget else { continue }
                kept[index] = features
                bytes += features.bytes
            }
        }
        return wanted.compactMap { kept[$0] ?? fresh[$0] }
    }
}
