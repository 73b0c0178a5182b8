internal import Engine
internal import Foundation
internal import Synchronization

/// Counts what a command costs while it runs.
final class CostMeter: Sendable {
    private struct Sums {
        var stages = 0
        var cost = StageCost()
        var recordPassesBegun = 0
    }

    private let sums = Mutex(Sums())
    private let process = ProcessMeter()

    /// Passes events on, and counts them.
    func watching(_ progress: @escaping TrainingProgress) -> TrainingProgress {
        { [self] event in
            if case .finished(_, _, let cost) = event {
                sums.withLock {
                    $0.stages += 1
                    $0.cost += cost
                }
            }
            if case .began(let recordPasses, _) = event { sums.withLock { $0.recordPassesBegun += recordPasses } }
            progress(event)
        }
    }

    /// The record-passes of all training that has begun.
    var recordPassesBegun: Int { sums.withLock { $0.recordPassesBegun } }

    func entry(
        _ command: CostEntry.Command, _ touched: [CostEntry.Touched], plan: String, threads: Int,
        influenceFreeSeconds: Double? = nil
    ) -> CostEntry {
        let sums = sums.withLock { $0 }
        return CostEntry(
            time: LogEntry.now(), command: command, threads: threads, plan: plan, touched: touched, stages: sums.stages,
            recordPasses: sums.cost.recordPasses, tokens: sums.cost.tokens, seconds: process.seconds,
            stepSeconds: sums.cost.stepSeconds, influenceFreeSeconds: influenceFreeSeconds,
            processorSeconds: process.processorSeconds, peakMemoryBytes: process.peakMemoryBytes,
            writtenBytes: process.writtenBytes)
    }
}
