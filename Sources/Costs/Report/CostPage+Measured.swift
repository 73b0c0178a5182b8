internal import Charts
internal import Foundation

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
            return Page.section(
                "totals", "In short",
                [
                    Page.empty(
                        "Nothing has been measured yet. <code>sisa cost measure</code> runs deletions and keeps their "
                            + "cost."
                    )
                ]
                    + notes)
        }
        let table = PageTable(caption: "Totals of the deletions measured", header: [], rows: rows, namesRows: true)
        let words = """
            <p class="soft">A record-pass is one record going through training once. <em>Influence-free</em>: from the \
            request until no answer can depend on the records deleted. Sizes are in powers of 1000.</p>
            """
        return Page.section("totals", "In short", ["<div class=\"key\">\(table.html)</div>", words] + notes)
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
            return Page.section(
                "hits", heading, [Page.empty("No shard has been trained yet. <code>sisa train</code> trains them.")])
        }
        let heat = Heat(title: "Deletions by shard and slice", hits: hits)
        let caption = [
            Markup.escaped(heat.caption)
                + " Its colour, and its number where there is room, say how many deletions had it as the first slice "
                + "to train again.",
            """
            A deletion that starts at slice r trains its shard again from there to the last slice R: hits on the left \
            are dear, hits on the right are cheap, and Eq. 4 of Bourtoule et al. (2021) is their mean. Equal shares \
            everywhere are what J and Q expect; docs/cost.md says what to do if some shards are hot.
            """
        ]
        let rows: [[PageTable.Cell]] = hits.enumerated().map { shard, slices in
            let places = slices.enumerated().filter { $0.element != 0 }
            let text = places.map { "\(Numeral.text($0.offset + 1)): \(Numeral.text($0.element))" }
            return [
                .integer(shard + 1), .integer(slices.count), .integer(Heat.sum(slices)),
                .text(text.isEmpty ? "none" : text.joined(separator: ", "))
            ]
        }
        let table = PageTable(
            caption: "Deletions by the slice at which they started",
            header: ["shard", "slices", "deletions", "slice: deletions"], rows: rows, namesRows: true)
        return Page.section(
            "hits", heading,
            [Page.figure("hits", caption) { heat.svg(id: $0, width: $1, embedded: true) }, table.details])
    }
}

extension CostPage {
    var timesSection: String {
        let heading = "Seconds by record-passes"
        guard let times, !times.points.isEmpty else {
            return Page.section(
                "times", heading,
                [
                    Page.empty(
                        "No run was timed. <code>sisa cost measure</code> times deletions; two or more make a line.")
                ])
        }
        let chart = times.chart
        var tables = [times.table.details]
        if let fit = times.fit { tables.insert(fit.table.html, at: 0) }
        return Page.section(
            "times", heading,
            [Page.figure("times", times.caption) { chart.svg(id: $0, width: $1, embedded: true) }] + tables)
    }

    var historySection: String {
        let heading = "History"
        guard !runs.isEmpty else {
            return Page.section(
                "history", heading,
                [
                    Page.empty(
                        "The ledger holds no run with its cost yet; every deletion and repair from now on is kept.")
                ])
        }
        let rows: [[PageTable.Cell]] = runs.map { run in
            [
                .text(run.time), .text(run.kind), .integer(run.records), .number(run.recordPasses),
                .optional(run.predictedPasses) { .number($0) }, .seconds(run.seconds),
                .optional(run.predictedSeconds) { .seconds($0) }
            ]
        }
        let earlier = earlierRuns > 0 ? "; \(Numeral.text(earlierRuns)) earlier ones are not shown" : ""
        let table = PageTable(
            caption: "Runs: \(Numeral.text(runs.count)), newest first\(earlier)",
            header: [
                "time", "kind", "records", "record-passes", "predicted record-passes", "time taken", "predicted time"
            ], rows: rows)
        return Page.section("history", heading, [table.html])
    }
}

extension CostPage.Times {
    var chart: Chart {
        var series = [Chart.Series(name: "runs", points: points.map { ($0.x, $0.y) }, style: .points, color: 0)]
        let (xs, ys) = (points.map(\.x).filter(\.isFinite), points.map(\.y))
        // Both or none: what is proportional is a straight line on two axes of one kind only.
        let isWide = [xs, ys].contains { Chart.Scale(for: $0) == .logarithmic } && (xs + ys).allSatisfy { $0 > 0 }
        let scale = isWide ? Chart.Scale.logarithmic : .linear
        if let fit {
            let end = xs.max() ?? 0
            let start = isWide ? xs.min() ?? 0 : 0
            // With a fixed part it is bent on logarithmic axes.
            let line = (0...64).map { start + (end - start) * pow(Double($0) / 64, 3) }.map {
                (x: $0, y: fit.intercept + fit.slope * $0)
            }
            series.append(Chart.Series(name: "least squares", points: line, style: .line, color: 1))
        }
        return Chart(
            title: "Seconds by record-passes", x: .init(label: "", unit: "record-passes", scale: scale),
            y: .init(label: "training time", unit: "seconds", scale: scale), series: series)
    }

    var caption: [String] {
        var words = [
            "Each mark is one run. "
                + "Predicted seconds are read off the line, so they are as good as the marks are near it."
        ]
        if let fit {
            words.append(
                """
                The line, fitted by least squares: <span class="formula">seconds = \(Numeral.text(fit.intercept)) \
                \(fit.slope < 0 ? "−" : "+") \(Numeral.text(fit.slope.magnitude)) · record-passes</span>; \
                R<sup>2</sup> = \(Numeral.text(fit.r2)), the share of the differences in time that record-passes \
                explain.
                """)
            if let remark = LineFit.remark(slope: fit.slope) {
                words.append(Markup.escaped(remark.prefix(1).uppercased() + remark.dropFirst() + "."))
            }
        } else {
            words.append("No line was fitted; it takes runs of different sizes.")
        }
        return words
    }

    var table: PageTable {
        PageTable(
            caption: "Record-passes and seconds of each run", header: ["record-passes", "seconds"],
            rows: points.map { [.number($0.x), .number($0.y)] })
    }
}

extension CostPage.Fit {
    var table: PageTable {
        var rows: [[PageTable.Cell]] = [
            [.text("seconds before the first record-pass"), .number(intercept)],
            [.text("seconds for each record-pass"), .number(slope)]
        ]
        if slope > 0 { rows.append([.text("record-passes in a second"), .number(1 / slope)]) }
        rows.append([.text("R squared"), .number(r2)])
        return PageTable(caption: "The fitted line", header: [], rows: rows, namesRows: true)
    }
}
