/// Record-passes so far and the queue over time, one chart above the other, with bands where several runs tell how sure they are.
package struct SimulationPicture {
    private let simulation: Simulation
    private let series: SimulationSeries

    package init(_ simulation: Simulation) {
        self.simulation = simulation
        series = SimulationSeries(simulation)
    }

    package func svg() -> String {
        let days = Chart.Axis(label: "time", unit: "days")
        func chart(_ title: String, _ label: String, _ value: (SimulationMeter.Point) -> Double) -> Chart {
            let curve = series.curve(value)
            var lines = [
                Chart.Series(name: "mean of \(simulation.runs.count) runs", points: curve.points, style: .line)
            ]
            if simulation.runs.count > 1 {
                let band = Chart.Style.band(low: curve.low, high: curve.high)
                lines.append(
                    Chart.Series(name: "95 % confidence interval", points: curve.points, style: band, color: 0))
            }
            return Chart(title: title, x: days, y: Chart.Axis(label: label, unit: ""), series: lines)
        }
        let subject = "\(simulation.settings.law.name), \(simulation.settings.policy.name)"
        return Self.stacked([
            chart("Record-passes so far (\(subject))", "record-passes") { $0.recordPasses }.svg(id: "passes"),
            chart("Forgotten and not yet repaired (\(subject))", "requests") { $0.queueMean }.svg(id: "queue")
        ])
    }

    /// Documents below each other in one document.
    private static func stacked(_ pictures: [String]) -> String {
        let sizes = pictures.map { (width: attribute("width", of: $0), height: attribute("height", of: $0)) }
        let width = sizes.map(\.width).max() ?? 0
        let height = sizes.reduce(0) { $0 + $1.height }
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">

            """
        var top = 0.0
        for (picture, size) in zip(pictures, sizes) {
            text += "<g transform=\"translate(0 \(top))\">\n\(picture)\n</g>\n"
            top += size.height
        }
        return text + "</svg>\n"
    }

    /// Of the first tag that has it, which is the document's own.
    private static func attribute(_ name: String, of picture: String) -> Double {
        let parts = picture.split(separator: " \(name)=\"", maxSplits: 1)
        return parts.count == 2 ? Double(parts[1].prefix { $0 != "\"" }) ?? 0 : 0
    }
}
