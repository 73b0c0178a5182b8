internal import Engine
internal import Foundation

/// The folders of a workspace that hold its records, their index and their features, all of one layout number.
///
/// Another shape of the plan (shards, slices, bands) is written as a layout of its own, with the next number, beside
/// the one in use.
struct Layout: Sendable {
    let number: Int
    let corpus: Corpus
    let index: RecordIndex
    let features: FeatureStore
}

extension Workspace {
    /// The layout in use.
    func layout() throws -> Layout {
        let number = try ledger.layoutNumber()
        return Layout(
            number: number, corpus: Corpus(files[.records, layout: number], recipe, key),
            index: RecordIndex(files[.index, layout: number], recipe, key),
            features: FeatureStore(
                files[.features, layout: number], recipe, key, backbone: try backboneDigest()))
    }

    /// The records as the ledger knows them, for who looks at them and keeps nobody from writing.
    func liveRecords() throws -> LiveRecords { try LiveRecords(layout().corpus, ledger) }

    /// The records of one shard in canonical order: slice, rank, id. Every slice is compared with the ledger's digests.
    package func records(shard: Int, threads: Int = 1) throws -> [StoredRecord] {
        try liveRecords().shard(shard, threads: threads).live
    }
}
