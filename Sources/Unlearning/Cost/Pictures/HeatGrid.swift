/// Counts by shard and slice, with neighbours added up where there are more than a picture has room for.
struct HeatGrid {
    /// More rows or columns than this are too small to be seen.
    static let most = 60

    /// nil where there is no such slice.
    let cells: [[Int?]]
    /// How many shards, and how many slices, one cell adds up.
    let shardsPerCell: Int
    let slicesPerCell: Int
    let shards: Int
    let slices: Int

    /// Negative counts are none.
    init(_ hits: [[Int]]) {
        shards = hits.count
        slices = hits.map(\.count).max() ?? 0
        let tall = max(1, (shards + Self.most - 1) / Self.most)
        let wide = max(1, (slices + Self.most - 1) / Self.most)
        (shardsPerCell, slicesPerCell) = (tall, wide)
        let columns = (slices + wide - 1) / wide
        cells = stride(from: 0, to: shards, by: tall).map { first in
            (0..<columns).map { column in
                hits[first..<min(hits.count, first + tall)].reduce(nil as Int?) { sum, row in
                    let part = row.dropFirst(column * wide).prefix(wide)
                    return part.isEmpty ? sum : Self.sum(part, from: sum ?? 0)
                }
            }
        }
    }

    var isAddedUp: Bool { shardsPerCell > 1 || slicesPerCell > 1 }

    /// Stops at the greatest number instead of trapping.
    static func sum(_ counts: some Sequence<Int>, from start: Int = 0) -> Int {
        counts.reduce(start) { sum, count in
            let (total, overflow) = sum.addingReportingOverflow(max(0, count))
            return overflow ? Int.max : total
        }
    }
}
