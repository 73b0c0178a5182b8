extension ChartDrawing {
    /// From this many marks on, those that a reader could not tell apart are drawn once.
    private static let plenty = 2000

    func shapes(_ index: Int) -> String {
        let series = chart.series[index]
        let color = Palette.index(series.color ?? index)
        guard !marks[index].runs.isEmpty else { return "" }
        let runs = series.isPoints ? [] : marks[index].runs.map { thinned($0.map(place)) }
        switch series.style {
        case .line, .dashed:
            return stroke(runs.map(path).joined(), color, dashed: series.isDashed)
        case .band:
            return band(runs.map(outline).joined(), color)
        case .points:
            return points(spaced(marks[index].runs.joined().map(place)), index, color)
        }
    }

    /// What a line, a band or a point looks like, for the legend.
    func sample(_ index: Int, _ x: Double, _ y: Double) -> String {
        let series = chart.series[index]
        let color = Palette.index(series.color ?? index)
        let (left, above) = (Numeral.coordinate(x), Numeral.coordinate(y - 4))
        switch series.style {
        case .line, .dashed: return stroke("M\(left) \(above)h26", color, dashed: series.isDashed)
        case .band: return band("M\(left) \(Numeral.coordinate(y - 10))h26v11h-26z", color)
        case .points: return points([(x + 13, y - 4)], index, color)
        }
    }

    private func stroke(_ path: String, _ color: Int, dashed: Bool) -> String {
        """
        <path class="s\(color)" stroke="\(Palette.light[color])" fill="none" stroke-width="2" stroke-linecap="round" \
        stroke-linejoin="round"\(dashed ? " stroke-dasharray=\"7 6\"" : "") d="\(path)"/>

        """
    }

    private func band(_ path: String, _ color: Int) -> String {
        """
        <path class="f\(color) s\(color)" fill="\(Palette.light[color])" stroke="\(Palette.light[color])" \
        fill-opacity="0.2" stroke-opacity="0.35" d="\(path)"/>

        """
    }

    /// Each series of points has a shape of its own, with a rim that parts it from the line beneath.
    private func points(_ places: [(x: Double, y: Double)], _ index: Int, _ color: Int) -> String {
        let shapes = [
            "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M0-5.5L5.5 0L0 5.5L-5.5 0z", "M-4-4h8v8h-8z", "M0-5L5 4H-5z"
        ]
        let shape = shapes[chart.series[..<index].count(where: \.isPoints) % shapes.count]
        let marks = places.map {
            "<path transform=\"translate(\(Numeral.coordinate($0.x)) \(Numeral.coordinate($0.y)))\" d=\"\(shape)\"/>"
        }
        return """
            <g class="f\(color) rim" fill="\(Palette.light[color])" stroke="#fff" stroke-width="1">\(marks.joined())</g>

            """
    }

    /// Of very many points, one in each square of a few pixels.
    private func spaced(_ places: [(x: Double, high: Double, low: Double)]) -> [(x: Double, y: Double)] {
        guard places.count > Self.plenty else { return places.map { ($0.x, $0.high) } }
        var seen: Set<SIMD2<Int>> = []
        return places.compactMap { place in
            seen.insert(SIMD2(Int(place.x / 8), Int(place.high / 8))).inserted ? (place.x, place.high) : nil
        }
    }

    private func path(_ run: [(x: Double, high: Double, low: Double)]) -> String {
        // A single place has no length; a line of none with round ends is a dot.
        "M" + run.map { "\(Numeral.coordinate($0.x)) \(Numeral.coordinate($0.high))" }.joined(separator: "L")
            + (run.count == 1 ? "h0" : "")
    }

    private func outline(_ run: [(x: Double, high: Double, low: Double)]) -> String {
        let above = run.map { "\(Numeral.coordinate($0.x)) \(Numeral.coordinate($0.high))" }
        let below = run.reversed().map { "\(Numeral.coordinate($0.x)) \(Numeral.coordinate($0.low))" }
        return "M" + (above + below).joined(separator: "L") + "z"
    }

    /// Of a long run, the ends and the extremes of each pixel's column.
    private func thinned(_ run: [(x: Double, high: Double, low: Double)]) -> [(x: Double, high: Double, low: Double)] {
        guard run.count > Self.plenty else { return run }
        var out: [(x: Double, high: Double, low: Double)] = []
        var start = 0
        while start < run.count {
            let column = run[start].x.rounded(.down)
            let end = run[start...].firstIndex { $0.x.rounded(.down) != column } ?? run.count
            let part = start..<end
            var kept = Set([start, end - 1])
            if let upper = part.min(by: { run[$0].high < run[$1].high }) { kept.insert(upper) }
            if let lower = part.max(by: { run[$0].low < run[$1].low }) { kept.insert(lower) }
            out += kept.sorted().map { run[$0] }
            start = end
        }
        return out
    }
}
