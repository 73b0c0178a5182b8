extension CostPage {
    var totalsSection: String {
        var rows: [[PageTable.Cell]] = []
        func row(_ name: String, _ cell: PageTable.Cell?) {
            if let cell { rows.append([.text(name), cell]) }
        }
        row("records", totals.records.map { .integer($0) })
        row("shards S", totals.shards.map { .integer($0) })
        row("slices in a shard R", totals.slices.map { .integer($0) })
        row("deletions", totals.deletions.map { .integer($0) })
        row("record-passes, observed", totals.observedPasses.map { .number($0) })
        row("record-passes, predicted ± 3 standard errors", predicted)
        row("observed less predicted, in standard errors", deviation.map { .number($0) })
        row("share of a full retrain", totals.fractionOfFullRetrain.map { .percent($0) })
        row("training time", totals.seconds.map { .seconds($0) })
        row("influence-free after, median", totals.influenceFreeP50.map { .seconds($0) })
        row("influence-free after, 99th percentile", totals.influenceFreeP99.map { .seconds($0) })
        row("bytes written", totals.bytesWritten.map { .bytes(Double($0)) })
        row("peak memory", totals.peakMemoryBytes.map { .bytes(Double($0)) })
        let notes = notes.map { "<p>\(Markup.escaped($0))</p>" }
        guard !rows.isEmpty else {
            return Self.section(
                "totals", "In short",
                [
                    Self.empty(
                        "Nothing has been measured yet. <code>sisa cost measure</code> runs deletions and keeps their cost."
                    )
                ]
                    + notes)
        }
        let table = PageTable(caption: "Totals of the deletions measured", header: [], rows: rows, namesRows: true)
        let words = """
            <p class="soft">A record-pass is one record going through training once. <em>Influence-free</em>: from the request until no \
            answer can depend on the records deleted. Sizes are in powers of 1000.</p>
            """
        return Self.section("totals", "In short", ["<div class=\"key\">\(table.html)</div>", words] + notes)
    }

    private var predicted: PageTable.Cell? {
        guard let value = totals.predictedPasses else { return nil }
        return totals.standardError.map { .plusMinus(value, 3 * $0) } ?? .number(value)
    }

    /// How far the prediction is off, measured by its own error.
    private var deviation: Double? {
        guard let observed = totals.observedPasses, let predicted = totals.predictedPasses,
            let error = totals.standardError, error > 0
        else { return nil }
        return (observed - predicted) / error
    }

    var hitsSection: String {
        let heading = "Where deletions started"
        guard hits.contains(where: { !$0.isEmpty }) else {
            return Self.section(
                "hits", heading, [Self.empty("No shard has been trained yet. <code>sisa train</code> trains them.")])
        }
        let heat = Heat(title: "Deletions by shard and slice", hits: hits)
        let caption = [
            Markup.escaped(heat.caption)
                + " Its colour, and its number where there is room, say how many deletions had it as the first slice to train again.",
            """
            A deletion that starts at slice r trains its shard again from there to the last slice R: hits on the left are dear, hits on \
            the right are cheap, and Eq. 4 of Bourtoule et al. (2021) is their mean. Equal shares everywhere are what J and Q expect; docs/cost.md says what to do if some \
            shards are hot.
            """
        ]
        let rows: [[PageTable.Cell]] = hits.enumerated().map { shard, slices in
            let places = slices.enumerated().filter { $0.element != 0 }
            let text = places.map { "\(Numeral.text($0.offset + 1)): \(Numeral.text($0.element))" }
            return [
                .integer(shard + 1), .integer(slices.count), .integer(HeatGrid.sum(slices)),
                .text(text.isEmpty ? "none" : text.joined(separator: ", "))
            ]
        }
        let table = PageTable(
            caption: "Deletions by the slice at which they started",
            header: ["shard", "slices", "deletions", "slice: deletions"], rows: rows, namesRows: true)
        return Self.section(
            "hits", heading,
            [Self.figure("hits", caption) { heat.svg(id: $0, width: $1, embedded: true) }, table.details])
    }
}
