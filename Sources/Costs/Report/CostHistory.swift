package import Unlearning

/// What a workspace's deletions cost so far, real ones and measured ones, in sums.
package struct CostHistory: Sendable {
    /// Everything that was kept, in its order.
    package let entries: [CostEntry]
    /// Lines of the file that are none.
    package let damaged: Int
    /// Of the workspace as it is now.
    let plan: String

    /// Deletions by the plan as it is now, from the workspace or from a copy.
    package var deletions: [CostEntry] {
        entries.filter { [.delete, .measure].contains($0.command) && $0.records > 0 && $0.plan == plan }
    }

    /// Deletions by earlier plans, which no figure is about.
    package var deletionsBefore: Int {
        entries.count { [.delete, .measure].contains($0.command) && $0.records > 0 && $0.plan != plan }
    }

    /// Record-passes of the deletions.
    package var recordPasses: Int { deletions.reduce(0) { $0 + $1.recordPasses } }
    /// Seconds of the deletions.
    package var seconds: Double { deletions.reduce(0) { $0 + $1.seconds } }
    /// Bytes that they wrote; nil where the system does not tell.
    package var writtenBytes: Int? { sum(\.writtenBytes) }
    /// The most memory that one of them held, in bytes; nil where the system does not tell.
    package var peakMemoryBytes: Int? { deletions.compactMap(\.peakMemoryBytes).max() }

    /// By their numbers of record-passes.
    package var line: LineFit? { LineFit(deletions.map { (Double($0.recordPasses), $0.seconds) }) }

    /// The p-th of the times until records were forgotten, by nearest rank.
    package func influenceFreeSeconds(percentile: Double) -> Double? {
        let times = deletions.compactMap(\.influenceFreeSeconds).sorted()
        guard !times.isEmpty else { return nil }
        let rank = (percentile / 100 * Double(times.count)).rounded(.up)
        return times[min(times.count, max(1, Int(rank))) - 1]
    }

    /// Of the deletions for which it is known what was to be expected: that, and what they took.
    package var compared: (expected: CostEstimate, observed: Int, deletions: Int)? {
        let known = deletions.filter { $0.expectedRecordPasses != nil }
        guard !known.isEmpty else { return nil }
        return (
            CostEstimate(
                expected: known.reduce(0) { $0 + ($1.expectedRecordPasses ?? 0) },
                standardError: known.reduce(0) { $0 + ($1.standardError ?? 0) * ($1.standardError ?? 0) }.squareRoot()),
            known.reduce(0) { $0 + $1.recordPasses }, known.count
        )
    }

    private func sum(_ value: (CostEntry) -> Int?) -> Int? {
        let values = deletions.compactMap(value)
        return values.isEmpty ? nil : values.reduce(0, +)
    }
}

extension Workspace {
    /// Reads what commands kept of their costs here.
    package func costHistory() throws -> CostHistory {
        let (entries, damaged) = costBook.entries()
        return CostHistory(entries: entries, damaged: damaged, plan: try costPlan())
    }
}
