/// Where every shard stands.
package struct Status: Sendable {
    /// How far a shard is.
    package enum State: String, Sendable {
        /// Every slice equals that of a run which saw the surviving records and no others.
        case retrainEquivalent = "retrain-equivalent"
        /// Some stage is missing, or a deletion is not finished: the shard answers from its longest clean prefix, or
        /// abstains.
        case influenceFree = "influence-free"
        /// No records: the shard does not vote.
        case empty
        /// A file of its records is not there, so that it could not be trained again.
        case damaged
    }

    /// Where one shard stands.
    package struct Shard: Sendable {
        /// The number of the shard, from 0.
        package let shard: Int
        /// How far it is.
        package let state: State
        /// The live records of each slice.
        package let sliceRecords: [Int]
        /// Stages that have a stored checkpoint, and that should have one.
        package let stagesStored: Int
        /// Stages that should have a checkpoint.
        package let stagesWanted: Int
        /// The record-passes of its stored stages.
        package let recordPasses: Int
        /// Bytes of its checkpoints on disk.
        package let storedBytes: Int
        /// Records of accepted deletions whose repair waits.
        package let recordsWaiting: Int

        /// The live records of the shard.
        package var records: Int { sliceRecords.reduce(0, +) }
    }

    /// The shards, ascending.
    package let shards: [Shard]
    /// On disk, of the features of all records.
    package let featureBytes: Int
    /// Deletions that are not complete, the oldest first: name, and when they were accepted.
    package let requests: [(id: String, accepted: String)]

    /// All live records.
    package var records: Int { shards.reduce(0) { $0 + $1.records } }
    /// The record-passes of all stored stages.
    package var recordPasses: Int { shards.reduce(0) { $0 + $1.recordPasses } }
}

extension Workspace {
    /// Reads the ledger's S x R rows and looks for as many files of records and of checkpoints; never reads a record.
    package func status() throws -> Status {
        let plan = try plan()
        let (stages, layout) = (try ledger.stages(), try layout())
        let corpus = layout.corpus
        func isComplete(_ shard: Int) throws -> Bool {
            try plan.slices[shard].enumerated().allSatisfy { slice, summary in
                try summary.records == 0
                    || DurableFile.size(corpus.url(Cell(shard: shard, slice: slice))) ?? 0 > 0
            }
        }
        let waiting = try Dictionary(grouping: ledger.pending(), by: \.key.shard)
            .mapValues { $0.reduce(0) { $0 + $1.value.count } }
        return Status(
            shards: try plan.shards.enumerated().map { shard, items in
                let isKept = Dictionary(uniqueKeysWithValues: items.map { ($0.key, $0.isKept) })
                let rows = try (stages[shard] ?? []).filter { row in
                    try isKept[row.key].map { try !$0 || store.contains(row.key, shard: shard) } ?? false
                }
                return Status.Shard(
                    shard: shard,
                    state: try !isComplete(shard)
                        ? .damaged
                        : waiting[shard] != nil
                            ? .influenceFree
                            : items.isEmpty ? .empty : rows.count == items.count ? .retrainEquivalent : .influenceFree,
                    sliceRecords: plan.slices[shard].map(\.records), stagesStored: rows.count,
                    stagesWanted: items.count, recordPasses: rows.reduce(0) { $0 + $1.recordPasses },
                    storedBytes: rows.reduce(0) { $0 + $1.stored }, recordsWaiting: waiting[shard] ?? 0)
            }, featureBytes: try layout.features.storedBytes(),
            requests: try ledger.requests().filter { $0.entry == nil }.map { ($0.id, $0.accepted) })
    }
}
