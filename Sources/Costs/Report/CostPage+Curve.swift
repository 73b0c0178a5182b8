internal import Charts

extension CostPage {
    var curveSection: String {
        let heading = "Cost by number of deletions"
        guard let curve, !curve.all.isEmpty else {
            return Page.section(
                "curve", heading,
                [
                    Page.empty(
                        "No cost was predicted or measured. <code>sisa cost measure</code> does both on this workspace."
                    )
                ])
        }
        let chart = curve.chart
        return Page.section(
            "curve", heading,
            [Page.figure("curve", curve.caption) { chart.svg(id: $0, width: $1, embedded: true) }, curve.table.details])
    }
}

extension CostPage.Curve {
    private struct Line {
        let name: String
        let points: [CostPage.Point]
        let style: Chart.Style
        let color: Int
    }

    /// Colours pair what was measured with what it is measured against.
    private var lines: [Line] {
        [
            Line(name: "J: one batch", points: batch, style: .line, color: 0),
            Line(name: "measured, one batch", points: measuredBatch, style: .points, color: 0),
            Line(name: "Q: one by one", points: sequential, style: .line, color: 1),
            Line(name: "measured, one by one", points: measuredSequential, style: .points, color: 1),
            Line(name: "full retrain", points: fullRetrain, style: .dashed, color: 5)
        ].filter { !$0.points.isEmpty }
    }

    var all: [CostPage.Point] { lines.flatMap(\.points) }

    var chart: Chart {
        let (marks, costs) = (measuredBatch + measuredSequential, all.map(\.y))
        let (x, y) = (
            Chart.Scale(for: all.map(\.x), marks: marks.map(\.x)), Chart.Scale(for: costs, marks: marks.map(\.y))
        )
        // No cost is below zero, for which a logarithmic axis has no place: there a band ends at the least cost that is
        // drawn.
        let least = y == .linear ? 0 : costs.filter { $0 > 0 }.min() ?? 0
        return Chart(
            title: "Record-passes by number of deletions", x: .init(label: "deletions K", unit: "", scale: x),
            y: .init(label: "cost", unit: "record-passes", scale: y), series: lines.flatMap { series($0, least: least) }
        )
    }

    private func series(_ line: Line, least: Double) -> [Chart.Series] {
        let points = Chart.Series(
            name: line.name, points: line.points.map { ($0.x, $0.y) }, style: line.style, color: line.color)
        guard !points.isPoints, line.points.contains(where: { $0.standardError > 0 }) else { return [points] }
        let band = Chart.Style.band(
            low: line.points.map { max(least, $0.y - 3 * $0.standardError) },
            high: line.points.map { $0.y + 3 * $0.standardError })
        let name = "\(line.name), 3 standard errors"
        return [Chart.Series(name: name, points: points.points, style: band, color: line.color), points]
    }

    /// One row for each K, the series side by side.
    var table: PageTable {
        let keys = Set(all.map(\.x.bitPattern)).map { Double(bitPattern: $0) }
        let xs = keys.sorted { $1.isNaN ? !$0.isNaN : $0 < $1 }
        let columns = lines.map { line in Dictionary(grouping: line.points, by: \.x.bitPattern) }
        let hasErrors = lines.map { line in line.points.contains { $0.standardError != 0 } }
        let header = zip(lines, hasErrors).map { $1 ? "\($0.name), ± 3 standard errors" : $0.name }
        let rows = xs.flatMap { x in
            let found = columns.map { $0[x.bitPattern] ?? [] }
            // Several runs may have deleted equally many.
            return (0..<(found.map(\.count).max() ?? 0)).map { index -> [PageTable.Cell] in
                [.number(x)]
                    + zip(found, hasErrors).map { points, hasError in
                        guard index < points.count else { return .none }
                        return hasError
                            ? .plusMinus(points[index].y, 3 * points[index].standardError) : .number(points[index].y)
                    }
            }
        }
        return PageTable(
            caption: "Record-passes by number of deletions K", header: ["K"] + header, rows: rows, namesRows: true)
    }

    var caption: [String] {
        var words = [
            """
            Lines are predictions, marks are runs; a band is three standard errors to either side, where what is \
            measured should nearly always be. N records, S shards, R slices in each, e′ epochs of a run without \
            slices; who is deleted is uniform. docs/cost.md derives the formulas.
            """
        ]
        if !batch.isEmpty {
            words.append(
                """
                <strong>J, one batch</strong>: K deletions are collected, and every step that any of them reached is \
                trained again once. <span class="formula">J = e′ · (2N/(R(R+1)) · Σ<sub>j=1..R</sub> j · [1 − (1 − \
                j/(SR))<sup>K</sup>] − K)</span>. With R = 1 it is Eq. 3 of Bourtoule et al. (2021), with S = K = 1 \
                their Eq. 4 less the deleted record’s own e′ passes; it takes the place of Eq. 5, whose continuous \
                moments are off where K is small.
                """)
        }
        if !sequential.isEmpty {
            words.append(
                """
                <strong>Q, one by one</strong>: each deletion is trained again before the next one comes. <span \
                class="formula">Q = e′ · [(2/3 + 1/(3R)) · (KN/S − K(K−1)/(2S)) − K]</span>. With R = 1 it is their \
                Eq. 2. The gap between Q and J is what waiting for a batch saves.
                """)
        }
        if !fullRetrain.isEmpty {
            words.append(
                """
                <strong>Full retrain</strong>: once for the whole batch, everything that is left: \
                <span class="formula">e′ · (N − K)</span>.
                """)
        }
        if let note { words.append(Markup.escaped(note)) }
        return words
    }
}
