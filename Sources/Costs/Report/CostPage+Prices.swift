internal import Charts

extension CostPage {
    var accuracySection: String {
        let heading = "Accuracy by shards, and the price of an ensemble"
        guard !accuracy.isEmpty else {
            return Page.section(
                "accuracy", heading,
                [
                    Page.empty(
                        """
                        No accuracy was measured for different S. Train the same records with different \
                        <code>shards</code> in the recipe, give <code>sisa evaluate</code> the same test set, and \
                        report them together.
                        """)
                ])
        }
        let chart = accuracyChart
        let caption = [
            """
            The share of the test records that the ensemble answers right, by number of shards S. More shards make \
            deletions cheaper, and each shard’s model learns from fewer records.
            """,
            """
            The price of SISA is the table: what the ensemble loses in accuracy, and the inference factor, the models \
            that one answer asks (S, against 1 of a single model), paid on every answer, where retraining is paid on \
            deletions only.
            """
        ]
        let rows: [[PageTable.Cell]] = accuracy.map {
            [
                .integer($0.shards), .integer($0.slices), Self.share($0.ensemble, $0.standardError),
                .optional($0.constituent) { .number($0) }, .number($0.inferenceFactor)
            ]
        }
        let table = PageTable(
            caption: "Accuracy and price by shards",
            header: [
                "S", "R", accuracy.contains { $0.standardError != 0 } ? "ensemble ± 3 standard errors" : "ensemble",
                "one shard’s model", "inference factor"
            ], rows: rows, namesRows: true)
        return Page.section(
            "accuracy", heading,
            [Page.figure("accuracy", caption) { chart.svg(id: $0, width: $1, embedded: true) }, table.html])
    }

    private static func share(_ value: Double, _ error: Double) -> PageTable.Cell {
        error == 0 ? .number(value) : .plusMinus(value, 3 * error)
    }

    private var accuracyChart: Chart {
        let slices = Set(accuracy.map(\.slices)).sorted()
        var series: [Chart.Series] = []
        for (color, count) in slices.enumerated() {
            let rows = accuracy.filter { $0.slices == count }.sorted { $0.shards < $1.shards }
            let points = rows.map { (x: Double($0.shards), y: $0.ensemble) }
            let name = slices.count == 1 ? "ensemble" : "ensemble, R = \(Numeral.text(count))"
            if rows.contains(where: { $0.standardError > 0 }) {
                let band = Chart.Style.band(
                    low: rows.map { $0.ensemble - 3 * $0.standardError },
                    high: rows.map { $0.ensemble + 3 * $0.standardError })
                series.append(
                    Chart.Series(name: "\(name), 3 standard errors", points: points, style: band, color: color))
            }
            series.append(Chart.Series(name: name, points: points, style: .points, color: color))
            let alone = rows.compactMap { row in row.constituent.map { (x: Double(row.shards), y: $0) } }
            if !alone.isEmpty {
                let name = slices.count == 1 ? "one shard’s model" : "one shard’s model, R = \(Numeral.text(count))"
                series.append(Chart.Series(name: name, points: alone, style: .dashed, color: color))
            }
        }
        let shards = accuracy.map(\.shards)
        let isWide = (shards.min() ?? 0) > 0 && (shards.max() ?? 0) / 10 >= (shards.min() ?? 0)
        return Chart(
            title: "Accuracy by number of shards",
            x: .init(label: "shards S", unit: "", scale: isWide ? .logarithmic : .linear),
            y: .init(label: "accuracy", unit: "share of the test records"), series: series)
    }
}

extension CostPage {
    var storageSection: String {
        let heading = "Storage"
        guard !storage.isEmpty else {
            return Page.section(
                "storage", heading,
                [
                    Page.empty(
                        "There are no checkpoints yet. <code>sisa train</code> stores one for each slice of each shard."
                    )
                ])
        }
        let bars = Bars(
            title: "Bytes of all checkpoints", whole: "as they are in memory", part: "as they are stored",
            rows: storage.map { row in
                Bars.Row(
                    label: "S = \(Numeral.text(row.shards)), R = \(Numeral.text(row.slices)), keep \(row.keep)",
                    whole: row.rawBytesPerCheckpoint * Double(row.checkpoints), part: row.totalBytes)
            }, text: Numeral.bytes)
        let caption = [
            """
            What slices cost in space: S · R checkpoints if all are kept. With fewer kept, a deletion starts at the \
            last one kept before its slice and trains more. Sizes are in powers of 1000.
            """
        ]
        let rows: [[PageTable.Cell]] = storage.map {
            [
                .integer($0.shards), .integer($0.slices), .text($0.keep), .integer($0.checkpoints),
                .bytes($0.rawBytesPerCheckpoint), .bytes($0.storedBytesPerCheckpoint), .bytes($0.totalBytes)
            ]
        }
        let table = PageTable(
            caption: "Bytes by shards, slices and checkpoints kept",
            header: ["S", "R", "keep", "checkpoints", "one, in memory", "one, stored", "all, stored"], rows: rows)
        return Page.section(
            "storage", heading,
            [Page.figure("storage", caption) { bars.svg(id: $0, width: $1, embedded: true) }, table.details])
    }
}
