internal import Foundation

/// Makes the index anew from the records where a part of it is missing, damaged, or not what the ledger says; and what
/// a ledger of an earlier version does not know of slices.
struct IndexRepair {
    private let layout: Layout
    private let recipe: Recipe
    private let ledger: Ledger
    private let staging: URL
    private let records: LiveRecords

    init(_ session: Session) throws {
        (layout, recipe, ledger) = (session.layout, session.recipe, session.ledger)
        staging = session.workspace.files[.stagedPlaces]
        records = try LiveRecords(layout.corpus, ledger)
    }

    func run() throws {
        let (index, corpus) = (layout.index, layout.corpus)
        try index.sweep()
        // Of deletions that wait nothing is in the index: that was destroyed before.
        let isWhole = try index.faults(ledger.seals() ?? [:], waiting: { [] }).allSatisfy { $0.fault == nil }
        let isKnown = try !ledger.lacksAttributes()
        if isWhole, isKnown { return }
        if !isKnown {
            for shard in 0..<recipe.shards {
                let cells = Dictionary(grouping: try live(shard), by: \.cell)
                try ledger.complete(cells.mapValues(corpus.summary), of: corpus.summary([]), shard: shard)
            }
        }
        try DurableFile.remove([staging])
        let places = try PlaceSorter(staging)
        // Of records that are what the ledger says; buckets are replaced one by one, so that a failure costs none.
        for shard in 0..<recipe.shards { try places.take(live(shard), index) }
        try ledger.set(places.fill(index))
    }

    private func live(_ shard: Int) throws -> [StoredRecord] { try records.shard(shard, keeps: false).live }
}
