/// Shards x slices, each cell coloured by the deletions that started at it, as an SVG document.
package struct Heat: Sendable {
    let title: String
    let hits: [[Int]]

    /// A picture of `hits`, (shards, slices): the deletions for which it was the first slice to train again. Shards may
    /// have different numbers of slices.
    package init(title: String, hits: [[Int]]) {
        self.title = title
        self.hits = hits
    }

    /// An SVG document; see `Chart.svg`.
    package func svg(id: String = "heat", width: Int = 720, embedded: Bool = false) -> String {
        HeatDrawing(self, width: Picture.width(width), embedded: embedded).svg(id: id)
    }

    /// All deletions of one row of `hits`, negative counts taken for none.
    package static func sum(_ counts: [Int]) -> Int { HeatGrid.sum(counts) }

    /// A sentence that says what a cell stands for, to be written under the picture.
    package var caption: String {
        let grid = HeatGrid(hits)
        guard grid.isAddedUp else { return "Each cell is one slice of one shard." }
        let shards = grid.shardsPerCell == 1 ? "1 shard" : "\(grid.shardsPerCell) shards"
        let slices = grid.slicesPerCell == 1 ? "1 slice" : "\(grid.slicesPerCell) slices"
        return """
            Each cell adds up \(shards) x \(slices), because \(Numeral.text(grid.shards)) x \
            \(Numeral.text(grid.slices)) cells would be too small to see; those at the right and at the bottom may \
            have fewer.
            """
    }
}

/// Counts by shard and slice, with neighbours added up where there are more than a picture has room for.
struct HeatGrid {
    /// More rows or columns than this are too small to be seen.
    static let maxSide = 60

    /// The counts, (rows, columns); nil where there is no such slice.
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
        let tall = max(1, (shards + Self.maxSide - 1) / Self.maxSide)
        let wide = max(1, (slices + Self.maxSide - 1) / Self.maxSide)
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

    /// The sum of the counts, negative ones taken for none; it stops at the greatest number instead of trapping.
    static func sum(_ counts: some Sequence<Int>, from start: Int = 0) -> Int {
        counts.reduce(start) { sum, count in
            let (total, overflow) = sum.addingReportingOverflow(max(0, count))
            return overflow ? Int.max : total
        }
    }
}

/// From counts to levels of colour: 0 for none, else 1 to 8 in equal steps of the count.
struct HeatScale {
    /// Levels above none.
    static let levels = 8
    /// The greatest count of the picture.
    let greatest: Int

    /// The level of a count.
    func level(_ count: Int) -> Int {
        guard count > 0, greatest > 0 else { return 0 }
        return (1...Self.levels).first { upper($0) >= count } ?? Self.levels
    }

    /// The greatest count of a level: greatest · level / 8, without leaving the integers.
    func upper(_ level: Int) -> Int { greatest / Self.levels * level + greatest % Self.levels * level / Self.levels }

    /// The levels that have counts, with the least and the greatest of them.
    var classes: [(level: Int, counts: ClosedRange<Int>)] {
        (1...Self.levels).compactMap { level in
            let (from, to) = (upper(level - 1) + 1, upper(level))
            return from <= to && greatest > 0 ? (level, from...to) : nil
        }
    }
}
