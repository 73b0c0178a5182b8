package import Unlearning

/// What a measured stream of deletions cost, for programs.
package struct MeasurementAnswer: Encodable {
    /// One request.
    package struct Deletion: Encodable {
        /// The first of its shards, and that shard's first changed slice.
        package let shard, slice: Ordinal
        /// Records that went, and the record-passes of the repair.
        package let recordsDeleted, recordPasses: Int
        /// What was to be expected of it; null where the stream is not uniform.
        package let expectedRecordPasses: OrNull<Double>
        /// What a dry run said.
        package let plannedRecordPasses: Int
        /// Token vectors that passed through adapted layers.
        package let tokens: Int
        /// From the call to its end.
        package let seconds: Double
        /// What a dry run said; null where nothing was measured before.
        package let plannedSeconds: OrNull<Double>
        /// Until no answer could use the records.
        package let influenceFreeSeconds: OrNull<Double>
        /// Processor seconds of all threads.
        package let processorSeconds: Double
        /// Bytes that memory held at most, and that were written.
        package let peakMemoryBytes, writtenBytes: OrNull<Int>

        init(_ deletion: CostMeasurement.Deletion) {
            let cost = deletion.cost
            (shard, slice) = (Ordinal(deletion.shards.first?.shard ?? 0), Ordinal(deletion.shards.first?.slice ?? 0))
            (recordsDeleted, recordPasses) = (deletion.records, cost.recordPasses)
            expectedRecordPasses = OrNull(deletion.expected?.expected)
            (plannedRecordPasses, tokens, seconds) = (deletion.plannedRecordPasses, cost.tokens, cost.seconds)
            (plannedSeconds, influenceFreeSeconds) = (
                OrNull(deletion.plannedSeconds), OrNull(cost.influenceFreeSeconds)
            )
            processorSeconds = cost.processorSeconds
            (peakMemoryBytes, writtenBytes) = (OrNull(cost.peakMemoryBytes), OrNull(cost.writtenBytes))
        }
    }

    /// What the requests were drawn by.
    package let stream: String
    /// Requests, records or owners of each, and threads.
    package let requests, batch, threads: Int
    /// The record-passes of all repairs.
    package let observedRecordPasses: Int
    /// Before the first request, by the formula; null where the stream is not uniform.
    package let expectedRecordPasses, standardError: OrNull<Double>
    /// Request by request, given what the ones before had left.
    package let expectedStepByStep, standardErrorStepByStep: OrNull<Double>
    /// What dry runs said.
    package let plannedRecordPasses: Int
    /// The observed record-passes over those of training everything that is left, for each request.
    package let fractionOfFullRetrain: Double
    /// The record-passes of training everything that is left.
    package let fullRecordPasses: Int
    /// Seconds of all requests.
    package let seconds: Double
    /// Token vectors that passed through adapted layers.
    package let tokens: Int
    /// The line of seconds over record-passes.
    package let rSquared, secondsPerPass, fixedSeconds: OrNull<Double>
    /// How well a line fits the processor's time.
    package let processorRSquared: OrNull<Double>
    /// Requests whose time a dry run told, and of these the ones that took within a fifth of it.
    package let timesForetold, timesWithinAFifth: Int
    /// Bytes that memory held at most, and that were written.
    package let peakMemoryBytes, writtenBytes: OrNull<Int>
    /// The requests, in their order.
    package let deletions: [Deletion]

    /// Reads it off a measurement. `stream`, `batch` and `threads`: As they were asked for.
    package init(_ measurement: CostMeasurement, stream: String, batch: Int, threads: Int) {
        let deletions = measurement.deletions
        func sum(_ value: (CostEntry) -> Int?) -> Int? {
            let values = deletions.compactMap { value($0.cost) }
            return values.count == deletions.count ? values.reduce(0, +) : nil
        }
        let (expected, steps, line) = (measurement.expected, measurement.expectedStepByStep, measurement.line)
        let full = Double(measurement.fullRecordPasses * deletions.count)
        (self.stream, requests, self.batch, self.threads) = (stream, deletions.count, batch, threads)
        observedRecordPasses = measurement.observedRecordPasses
        (expectedRecordPasses, standardError) = (OrNull(expected?.expected), OrNull(expected?.standardError))
        (expectedStepByStep, standardErrorStepByStep) = (OrNull(steps?.expected), OrNull(steps?.standardError))
        plannedRecordPasses = deletions.reduce(0) { $0 + $1.plannedRecordPasses }
        fractionOfFullRetrain = full == 0 ? 0 : Double(measurement.observedRecordPasses) / full
        fullRecordPasses = measurement.fullRecordPasses
        seconds = deletions.reduce(0) { $0 + $1.cost.seconds }
        tokens = sum(\.tokens) ?? 0
        (rSquared, secondsPerPass, fixedSeconds) = (
            OrNull(line?.rSquared), OrNull(line?.slope), OrNull(line?.intercept)
        )
        processorRSquared = OrNull(measurement.processorLine?.rSquared)
        (timesForetold, timesWithinAFifth) = (measurement.timesPredicted, measurement.timesRight)
        peakMemoryBytes = OrNull(deletions.compactMap(\.cost.peakMemoryBytes).max())
        writtenBytes = OrNull(sum(\.writtenBytes))
        self.deletions = deletions.map(Deletion.init)
    }
}
