internal import Engine

/// Features of a shard's records, kept in memory while the shard trains: each is computed once and read every epoch.
///
/// A feature is a function of its own text alone, so bits do not depend on what was kept. Nothing of it reaches the disk,
/// and it is never shared between shards.
package struct FeatureMemo {
    /// Bytes that all memos of a process together may hold: shards that train at once share it.
    package static let budget = 2 << 30

    private let budget: Int
    private var kept: [Features?]
    private var bytes = 0

    init(count: Int, budget: Int) {
        self.budget = budget
        kept = [Features?](repeating: nil, count: count)
    }

    /// The features of records; `compute` is asked for the ones that are not kept.
    mutating func features(
        of records: [Int], compute: (_ missing: [Int]) throws -> [Features]
    ) throws -> [Features] {
        let missing = records.filter { kept[$0] == nil }
        var fresh: [Int: Features] = [:]
        if !missing.isEmpty {
            for (record, features) in zip(missing, try compute(missing)) {
                fresh[record] = features
                guard bytes + features.bytes <= budget else { continue }
                kept[record] = features
                bytes += features.bytes
            }
        }
        return records.compactMap { kept[$0] ?? fresh[$0] }
    }
}
