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
    private var slicesReady = 0

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
    /// `slices`: How many slices the stage reads. `visited`: The records that it visits, ascending.
    mutating func prepare(slices: Int, visited: [Int]) throws {
        for slice in slicesReady..<max(slicesReady, slices) {
            let cell = records.indices.filter { records[$0].position.slice == slice }
            guard let store, let first = cell.first else { continue }
            let stored = try store.complete(
                records[first].position, cell.map { records[$0].record }, model, threads: threads)
            for (index, features) in zip(cell, stored) { kept[index] = features }
        }
        slicesReady = max(slicesReady, slices)
        let missing = visited.filter { kept[$0] == nil }
        for group in FeatureStore.groups(missing.indices) {
            _ = try features(of: Array(missing[group]))
            guard missing[group].allSatisfy({ kept[$0] != nil }) else { return }
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
