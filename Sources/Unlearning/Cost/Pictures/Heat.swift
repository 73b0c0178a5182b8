/// Shards x slices, each cell coloured by the deletions that started at it, as an SVG document.
package struct Heat: Sendable {
    let title: String
    let hits: [[Int]]

    /// Hits are, for each shard, the numbers of deletions whose first slice to train again was its first, its second, and so on.
    ///
    /// Shards may have different numbers of slices.
    package init(title: String, hits: [[Int]]) {
        self.title = title
        self.hits = hits
    }

    /// A whole document, that can also stand inside a page: see `Chart.svg`.
    package func svg(id: String = "heat", width: Int = 720) -> String {
        svg(id: id, width: width, embedded: false)
    }

    func svg(id: String, width: Int, embedded: Bool) -> String {
        HeatDrawing(self, width: Picture.width(width), embedded: embedded).svg(id: id)
    }

    /// What a cell stands for, to be written under the picture.
    package var caption: String {
        let grid = HeatGrid(hits)
        guard grid.isAddedUp else { return "Each cell is one slice of one shard." }
        let shards = grid.shardsPerCell == 1 ? "1 shard" : "\(grid.shardsPerCell) shards"
        let slices = grid.slicesPerCell == 1 ? "1 slice" : "\(grid.slicesPerCell) slices"
        return """
            Each cell adds up \(shards) x \(slices), because \(Numeral.text(grid.shards)) x \(Numeral.text(grid.slices)) cells would be \
            too small to see; those at the right and at the bottom may have fewer.
            """
    }
}
