/// How long a repair takes on this machine, as a line over its record-passes.
package struct RepairForecast: Sendable, Equatable {
    /// What the line was made of.
    package enum Basis: String, Sendable {
        /// The workspace's own deletions with as many threads.
        case deletions
        /// Its training: the fixed part of a deletion is then a guess.
        case training
    }

    /// Seconds that every deletion takes, however little it trains.
    package let fixedSeconds: Double
    /// Seconds that each record-pass adds.
    package let secondsPerPass: Double
    /// What the line was made of.
    package let basis: Basis

    /// Seconds of a repair of so many record-passes.
    package func seconds(recordPasses: Int) -> Double { fixedSeconds + secondsPerPass * Double(recordPasses) }

    /// Seconds of opening, forgetting, some dozens of synced writes and the receipt, where nothing was measured.
    static let usualFixedSeconds = 0.08
    /// How many of the last deletions count: older ones tell nothing about the machine as it is now.
    static let maxDeletions = 40

    /// The line through what a workspace's commands cost; nil: nothing was trained with that many threads.
    init?(_ entries: [CostEntry], plan: String, threads: Int, headOnly: Bool, shards: Int) {
        let own = entries.filter { $0.plan == plan && $0.threads == threads && $0.recordPasses > 0 && $0.seconds > 0 }
        let deletions = own.filter { [.delete, .measure].contains($0.command) }.suffix(Self.maxDeletions)
        let trainings = own.filter { $0.command == .train }
        let rate = trainings.last.map { entry in
            // Shards train side by side then, and one after another, with all threads, in a deletion; a head gains
            // nothing by threads.
            let sideBySide = Double(max(1, min(threads, shards)))
            return entry.stepSeconds / Double(entry.recordPasses) / (headOnly ? 1 : sideBySide)
        }
        if let line = Self.line(deletions.map { (Double($0.recordPasses), $0.seconds) }, slope: rate) {
            (fixedSeconds, secondsPerPass, basis) = (line.fixed, line.slope, .deletions)
        } else if let rate {
            (fixedSeconds, secondsPerPass, basis) = (Self.usualFixedSeconds, rate, .training)
        } else {
            return nil
        }
    }

    /// The line of least relative squares that falls nowhere: short repairs count as much as long ones. `slope`: Where
    /// all points have one place.
    static func line(_ points: [(passes: Double, seconds: Double)], slope: Double?) -> (fixed: Double, slope: Double)? {
        guard let first = points.first else { return nil }
        if points.allSatisfy({ $0.passes == first.passes }) {
            let mean = points.reduce(0) { $0 + $1.seconds } / Double(points.count)
            let slope = min(slope ?? mean / first.passes, mean / first.passes)
            return (mean - slope * first.passes, slope)
        }
        var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (x, y) in points {
            let weight = 1 / (y * y)
            w += weight
            wx += weight * x
            wxx += weight * x * x
            wy += weight * y
            wxy += weight * x * y
        }
        let determinant = w * wxx - wx * wx
        guard determinant > 0 else { return nil }
        let (fixed, slope) = ((wy * wxx - wx * wxy) / determinant, (w * wxy - wx * wy) / determinant)
        if fixed < 0 { return (0, wxy / wxx) }
        if slope < 0 { return (wy / w, 0) }
        return (fixed, slope)
    }
}
