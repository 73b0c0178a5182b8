/// What a stream of deletions cost on a real workspace, beside what was predicted.
package struct CostMeasurement: Sendable {
    /// One request, which may be about several records.
    package struct Deletion: Sendable {
        package let records: Int
        /// Counted from 0.
        package let shards: [(shard: Int, slice: Int)]
        /// On the average over all records that were there just before; nil where the stream is not uniform.
        package let expected: CostEstimate?
        /// What a dry run said of these very records.
        package let plannedRecordPasses: Int
        package let cost: CostEntry

        package var plannedSeconds: Double? { cost.plannedSeconds }

        /// Whether the dry run's seconds were right within a fifth.
        package var isTimeRight: Bool? {
            plannedSeconds.map { abs($0 - cost.seconds) <= 0.2 * cost.seconds }
        }
    }

    package let deletions: [Deletion]
    /// Before the first one: of all of them, by the formula; nil where the stream is not uniform.
    package let expected: CostEstimate?
    package let fullRecordPasses: Int

    package var observedRecordPasses: Int { deletions.reduce(0) { $0 + $1.cost.recordPasses } }

    /// The sum of what was to be expected before each request, given what the ones before it had left: no chance of theirs is in it.
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

    package var timesRight: Int { deletions.count { $0.isTimeRight == true } }
    package var timesForetold: Int { deletions.count { $0.plannedSeconds != nil } }
}
