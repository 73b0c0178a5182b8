/// Lays a heat picture out: title, numbers of the slices, rows of shards, legend.
struct HeatDrawing {
    let heat: Heat
    let grid: HeatGrid
    let scale: HeatScale
    let width: Double
    let titleLines: [String]
    let left: Double
    let top: Double
    let cell: (width: Double, height: Double)

    let embedded: Bool

    /// Embedded is in a page, whose heading stands above.
    init(_ heat: Heat, width: Double, embedded: Bool) {
        self.heat = heat
        self.width = width
        self.embedded = embedded
        grid = HeatGrid(heat.hits)
        scale = HeatScale(greatest: grid.cells.joined().compactMap { $0 }.max() ?? 0)
        titleLines = embedded ? [] : Picture.titleLines(heat.title, width: width)
        left = 16 + TextWidth.of(Numeral.text(grid.shards), size: 12)
        top = (embedded ? 4 : 18) + Double(titleLines.count) * 20 + 42
        let across = min(56, (width - left - 8) / Double(max(1, grid.cells.first?.count ?? 1)))
        cell = (across, min(28, max(8, across)))
    }

    func svg(id: String) -> String {
        let rows = Double(max(1, grid.cells.count))
        var body = Picture.heading(titleLines)
        body += Picture.text("rows: shards, columns: slices", 8, top - 30, extra: " class=\"soft\"")
        body += numbers() + cells()
        let (legend, height) = legend(from: top + rows * cell.height + 26)
        return Picture(id: id, title: heat.title, description: description, width: width, height: height)
            .svg(body + legend, embedded: embedded)
    }

    private func cells() -> String {
        // A gap parts the cells, unless they are too small to spare it.
        let gap = cell.width >= 10 ? 1.5 : 0.5
        var rects = ""
        var counts = ""
        for (row, line) in grid.cells.enumerated() {
            for (column, count) in line.enumerated() {
                guard let count else { continue }
                let (x, y) = (left + Double(column) * cell.width, top + Double(row) * cell.height)
                let level = scale.level(count)
                rects += """
                    <rect class="h\(level)" fill="\(Palette.heat[level])" x="\(Numeral.coordinate(x))" \
                    y="\(Numeral.coordinate(y))" width="\(Numeral.coordinate(cell.width - gap))" \
                    height="\(Numeral.coordinate(cell.height - gap))"/>

                    """
                let text = Numeral.text(count)
                if count > 0, cell.height >= 15, TextWidth.of(text, size: 11) + 4 <= cell.width {
                    counts += Picture.text(
                        text, x + (cell.width - gap) / 2, y + cell.height / 2 + 3.5, size: 11,
                        extra: """
                             class="h\(level)t" fill="\(Palette.ink(level))" text-anchor="middle"
                            """)
                }
            }
        }
        return rects + counts
    }

    /// The first shard and slice of a cell, counted from 1; as many as have room.
    private func numbers() -> String {
        var out = ""
        let columns = grid.cells.first?.count ?? 0
        let across = TextWidth.of(Numeral.text(grid.slices), size: 12) + 8
        for column in Self.numbered(columns, of: grid.slicesPerCell, gap: across / cell.width) {
            let x = left + (Double(column) + 0.5) * cell.width
            out += Picture.text(
                Numeral.text(column * grid.slicesPerCell + 1), x, top - 8,
                extra: " class=\"soft\" text-anchor=\"middle\"")
        }
        for row in Self.numbered(grid.cells.count, of: grid.shardsPerCell, gap: 15 / cell.height) {
            let y = top + (Double(row) + 0.5) * cell.height + 3.5
            out += Picture.text(
                Numeral.text(row * grid.shardsPerCell + 1), left - 6, y, extra: " class=\"soft\" text-anchor=\"end\"")
        }
        return out
    }

    /// The first, the 10th, the 20th, and so on, with at least the gap between them; of added up cells the first, the
    /// 11th, and so on.
    private static func numbered(_ count: Int, of each: Int, gap: Double) -> [Int] {
        let step = every(gap)
        if each > 1 { return Array(stride(from: 0, to: count, by: step)) }
        return (0..<count).filter { ($0 + 1).isMultiple(of: step) || ($0 == 0 && Double(step - 1) >= gap) }
    }

    /// The least of 1, 2, 5, 10, ... that is enough.
    private static func every(_ least: Double) -> Int {
        var (unit, factors) = (1, [2, 5, 10][...])
        var step = 1
        while Double(step) < least, let factor = factors.popFirst() {
            step = unit * factor
            if factors.isEmpty { (unit, factors) = (step, [2, 5, 10][...]) }
        }
        return step
    }

    private func legend(from first: Double) -> (svg: String, height: Double) {
        guard grid.cells.first?.isEmpty == false else {
            return (Picture.text("no shards", left, top + 20), first)
        }
        var body = Picture.text("deletions", 8, first, extra: " class=\"soft\"")
        var (x, y) = (8 + TextWidth.of("deletions", size: 12) + 12, first)
        for (level, counts) in [(0, 0...0)] + scale.classes.map({ ($0.level, $0.counts) }) {
            let (least, greatest) = (Numeral.text(counts.lowerBound), Numeral.text(counts.upperBound))
            let name = least == greatest ? least : "\(least) to \(greatest)"
            let room = 22 + TextWidth.of(name, size: 12) + 10
            if x > 8, x + room > width { (x, y) = (8, y + 20) }
            body += """
                <rect class="h\(level)" fill="\(Palette.heat[level])" x="\(Numeral.coordinate(x))" \
                y="\(Numeral.coordinate(y - 11))" width="16" height="14"/>

                """
            body += Picture.text(name, x + 22, y)
            x += room
        }
        return (body, y + 14)
    }

    private var description: String {
        let total = HeatGrid.sum(heat.hits.joined())
        var words = "\(Numeral.text(grid.shards)) shards by \(Numeral.text(grid.slices)) slices; \(heat.caption) "
        words += "Deletions: \(Numeral.text(total)) in all, \(Numeral.text(scale.greatest)) at most in one cell."
        let negative = heat.hits.joined().count { $0 < 0 }
        return negative > 0 ? words + " Counts below zero, drawn as none: \(Numeral.text(negative))." : words
    }
}
