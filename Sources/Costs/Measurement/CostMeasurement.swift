package import Unlearning

/// What a stream of deletions cost on a real workspace, beside what was predicted.
package struct CostMeasurement: Sendable {
    /// One request, which may be about several records.
    package struct Deletion: Sendable {
        /// Records that were deleted.
        package let records: Int
        /// Counted from 0.
        package let shards: [(shard: Int, slice: Int)]
        /// On the average over all records that were there just before; nil where the stream is not uniform.
        package let expected: CostEstimate?
        /// What a dry run said of these very records.
        package let plannedRecordPasses: Int
        /// What it cost.
        package let cost: CostEntry

        /// Seconds that a dry run said it would take; nil where nothing was measured before.
        package var plannedSeconds: Double? { cost.plannedSeconds }

        /// Whether the dry run's seconds were right within a fifth.
        package var isTimeRight: Bool? {
            plannedSeconds.map { abs($0 - cost.seconds) <= 0.2 * cost.seconds }
        }
    }

    /// The requests that count, in their order.
    package let deletions: [Deletion]
    /// Before the first one: of all of them, by the formula; nil where the stream is not uniform.
    package let expected: CostEstimate?
    /// Record-passes of training everything that is left in the end.
    package let fullRecordPasses: Int

    /// Record-passes of all deletions.
    package var observedRecordPasses: Int { deletions.reduce(0) { $0 + $1.cost.recordPasses } }

    /// The sum of what was to be expected before each request, given what the ones before it had left: no chance of
    /// theirs is in it.
    package var expectedStepByStep: CostEstimate? {
        let all = deletions.compactMap(\.expected)
        guard all.count == deletions.count, !all.isEmpty else { return nil }
        return CostEstimate(
            expected: all.reduce(0) { $0 + $1.expected },
            standardError: all.reduce(0) { $0 + $1.standardError * $1.standardError }.squareRoot())
    }

    /// Seconds over record-passes.
    package var line: LineFit? {
        LineFit(deletions.map { (Double($0.cost.recordPasses), $0.cost.seconds) })
    }

    /// Processor seconds over record-passes: what other work on the machine hardly moves.
    package var processorLine: LineFit? {
        LineFit(deletions.map { (Double($0.cost.recordPasses), $0.cost.processorSeconds) })
    }

    /// Deletions whose seconds were predicted within a fifth.
    package var timesRight: Int { deletions.count { $0.isTimeRight == true } }
    /// Deletions whose seconds were predicted.
    package var timesPredicted: Int { deletions.count { $0.plannedSeconds != nil } }
}

/// A straight line through points, by least squares.
package struct LineFit: Sendable, Equatable {
    /// The value at x = 0.
    package let intercept: Double
    /// How much a step of 1 in x adds.
    package let slope: Double
    /// The share of the spread that the line explains.
    package let rSquared: Double

    /// Nil for fewer than three points, or where all have one x or one y.
    package init?(_ points: [(x: Double, y: Double)]) {
        guard points.count >= 3 else { return nil }
        let n = Double(points.count)
        let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (x, y) in points {
            xx += (x - meanX) * (x - meanX)
            xy += (x - meanX) * (y - meanY)
            yy += (y - meanY) * (y - meanY)
        }
        guard xx > 0, yy > 0 else { return nil }
        slope = xy / xx
        intercept = meanY - slope * meanX
        rSquared = xy * xy / (xx * yy)
    }
}

extension LineFit {
    /// What is to be said of a slope below zero, which no repair has; nil: nothing.
    package var remark: String? { Self.remark(slope: slope) }

    static func remark(slope: Double) -> String? {
        slope < 0
            ? "the slope is negative, and more record-passes do not take less time: these deletions are too few, or "
                + "other work on the machine "
                + "hides what record-passes take. Measure more of them, of different sizes"
            : nil
    }
}
