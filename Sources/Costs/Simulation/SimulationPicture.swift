internal import Charts
internal import Foundation

/// Record-passes so far and the queue over time, one chart above the other, with bands where several runs tell how sure
/// they are.
package struct SimulationPicture {
    private let simulation: Simulation
    private let series: SimulationSeries

    /// A picture of a simulation whose courses were kept.
    package init(_ simulation: Simulation) {
        self.simulation = simulation
        series = SimulationSeries(simulation)
    }

    /// The picture as an SVG document.
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
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \
            \(height)">

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

/// The course of all runs: a table for programs, and what a picture is drawn of.
package struct SimulationSeries {
    /// The mean over the runs at each step, and its 95 % confidence interval where there are several.
    struct Curve {
        var points: [(x: Double, y: Double)] = []
        var low: [Double] = []
        var high: [Double] = []
    }

    private let runs: [[SimulationMeter.Point]]

    /// The courses of a simulation that kept them.
    package init(_ simulation: Simulation) { runs = simulation.runs.map(\.series) }

    /// A row for each run and step, and one for each run's end, when everything was repaired.
    package var csv: String {
        var text = "run,time,requests,record_passes,queue,degraded_shards,queue_mean\n"
        for (run, points) in runs.enumerated() {
            for point in points {
                text += "\(run + 1),\(point.time),\(point.requests),\(point.recordPasses),\(point.queue)"
                text += ",\(point.degradedShards),\(point.queueMean)\n"
            }
        }
        return text
    }

    /// Without the rows of the ends, which lie at another time in every run. Times are in days.
    func curve(_ value: (SimulationMeter.Point) -> Double) -> Curve {
        var curve = Curve()
        for step in 0..<(runs.map { $0.count - 1 }.min() ?? 0) {
            guard let estimate = Estimate(runs.map { value($0[step]) }) else { continue }
            curve.points.append((runs[0][step].time / 86_400, estimate.mean))
            curve.low.append(estimate.interval?.lowerBound ?? estimate.mean)
            curve.high.append(estimate.interval?.upperBound ?? estimate.mean)
        }
        return curve
    }
}
