internal import Foundation

extension CostPage {
    var timesSection: String {
        let heading = "Seconds by record-passes"
        guard let times, !times.points.isEmpty else {
            return Self.section(
                "times", heading,
                [
                    Self.empty(
                        "No run was timed. <code>sisa cost measure</code> times deletions; two or more make a line.")
                ])
        }
        let chart = times.chart
        var tables = [times.table.details]
        if let fit = times.fit { tables.insert(fit.table.html, at: 0) }
        return Self.section(
            "times", heading,
            [Self.figure("times", times.caption) { chart.svg(id: $0, width: $1, embedded: true) }] + tables)
    }

    var historySection: String {
        let heading = "History"
        guard !runs.isEmpty else {
            return Self.section(
                "history", heading,
                [
                    Self.empty(
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
        return Self.section("history", heading, [table.html])
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
            "Each mark is one run. Predicted seconds are read off the line, so they are as good as the marks are near it."
        ]
        if let fit {
            words.append(
                """
                The line, fitted by least squares: <span class="formula">seconds = \(Numeral.text(fit.intercept)) \
                \(fit.slope < 0 ? "−" : "+") \(Numeral.text(fit.slope.magnitude)) · record-passes</span>; R<sup>2</sup> = \(Numeral.text(fit.r2)), the share of the differences in \
                time that record-passes explain.
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
