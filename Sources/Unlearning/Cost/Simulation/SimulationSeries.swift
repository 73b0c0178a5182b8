internal import Foundation

/// The course of all runs: a table for programs, and what a picture is drawn of.
package struct SimulationSeries {
    /// The mean over the runs at each step, and its 95 % confidence interval where there are several.
    struct Curve {
        var points: [(x: Double, y: Double)] = []
        var low: [Double] = []
        var high: [Double] = []
    }

    private let runs: [[SimulationMeter.Point]]

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
