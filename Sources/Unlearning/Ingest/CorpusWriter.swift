internal import Foundation

/// Fills an empty corpus from a stream of records, in memory that does not grow with their number.
///
/// Records are sorted into cells by a database that exists only meanwhile. Nothing counts until the caller says so: the
/// files written here are durable when this returns, and are discarded if it throws.
struct CorpusWriter {
    let corpus: Corpus
    let index: RecordIndex
    let assignment: Assignment
    let stagedRecords: URL
    let stagedPlaces: URL
    let root: URL

    /// `feed` calls its argument once a record. Returns what every cell holds, and the seals of the index.
    func fill(
        shards: Int, slices: Int, feed: (@escaping (Record, RecordPlace?) throws -> Void) throws -> Void
    ) throws -> (cells: [[SliceSummary]], seals: RecordIndex.Seals) {
        let sorter = try RecordSorter(stagedRecords)
        let places = try PlaceSorter(stagedPlaces)
        try sorter.take { insert in
            try feed { record, place in
                try insert(
                    StoredRecord(
                        record: record, cell: assignment.cell(of: record),
                        rank: assignment.rank(of: record.id)), place)
            }
        }
        let empty = corpus.summary([])
        var summaries = [[SliceSummary]](
            repeating: [SliceSummary](repeating: empty, count: slices), count: shards)
        var folder = -1
        try FileManager.default.createDirectory(
            at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try sorter.forEachCell { cell, records in
            if cell.shard != folder {
                folder = cell.shard
                try DurableFile.makeFolder(corpus.url(cell).deletingLastPathComponent())
            }
            try DurableFile.writeLater(
                RecordSegment.encode(records.map(\.record)), to: corpus.url(cell))
            summaries[cell.shard][cell.slice] = corpus.summary(records)
            try places.take(records, index)
        }
        try sorter.discard()
        return (summaries, try places.fill(index))
    }
}
