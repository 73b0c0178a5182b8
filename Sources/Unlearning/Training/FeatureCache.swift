internal import Engine

/// Features of a shard's records while the shard trains: stored ones are read in place, others are computed and kept in
/// memory.
///
/// A feature is a function of its own text alone, so bits do not depend on what was stored or kept. It is never shared
/// between shards.
struct FeatureCache {
    /// Bytes that all caches of a process together may hold: shards that train at once share it.
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

    /// Gets ready for a stage: completes the files of its slices, and computes what is still missing while memory
    /// lasts.
    ///
    /// `slices`: those that the stage reads. `visited`: the records that it visits, ascending. `progress`: told while
    /// texts are computed how many of them are done, and how many there are.
    mutating func prepare(
        slices: [Int], visited: [Int], progress: (_ done: Int, _ total: Int) -> Void
    ) throws {
        let incomplete = readFiles(slices.filter { !slicesReady.contains($0) })
        slicesReady.formUnion(slices)
        let wanted = Set(visited).union(incomplete.joined()).filter { kept[$0] == nil }
        var done = 0
        func advance(_ count: Int) {
            done += count
            progress(done, wanted.count)
        }
        for cell in incomplete {
            let live = cell.map { records[$0].record }
            let stored = try store?.complete(
                records[cell[0]].cell, live, model, threads: threads, computed: advance)
            for (index, features) in zip(cell, stored ?? []) { kept[index] = features }
        }
        let missing = visited.filter { kept[$0] == nil }
        // What was read, and what does not fit and is not visited, need not be computed.
        done = wanted.count - missing.count
        for group in FeatureStore.groups(missing.indices) {
            _ = try features(of: Array(missing[group]))
            advance(group.count)
            guard missing[group].allSatisfy({ kept[$0] != nil }) else { return }
        }
    }

    /// Reads the files that are whole, side by side; the records of those slices whose files are not, slice by slice.
    ///
    /// These are made one after another, each by all threads.
    private mutating func readFiles(_ slices: [Int]) -> [[Int]] {
        guard let store else { return [] }
        let cells = slices.map { slice in records.indices.filter { records[$0].cell.slice == slice } }
            .filter { !$0.isEmpty }
        let whole = Parallel.map(cells.count, threads: threads) { [records] in
            store.whole(records[cells[$0][0]].cell, cells[$0].map { records[$0].record })
        }
        for (cell, whole) in zip(cells, whole) {
            for (index, features) in zip(cell, whole ?? []) { kept[index] = features }
        }
        return zip(cells, whole).filter { $1 == nil }.map(\.0)
    }

    /// The features of records.
    mutating func features(of wanted: [Int]) throws -> [Features] {
        let missing = wanted.filter { kept[$0] == nil }
        var fresh: [Int: Features] = [:]
        if !missing.isEmpty {
            let computed = try model.features(of: missing.map { records[$0].record }, threads: threads)
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
