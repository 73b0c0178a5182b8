/// One combination of shards and slices, priced, for the choice between them.
package struct CostChoice: Sendable {
    package let forecast: CostForecast
    /// Expected passes of a window as trained, under the policy that was asked for.
    package let passes: Double
    package let seconds: Double?
    /// Of one repair, at the percentile that was asked for; nil where none was.
    package let repairSeconds: Double?
    package let accuracy: Double?

    package init(
        forecast: CostForecast, passes: Double, seconds: Double?, repairSeconds: Double?, accuracy: Double?
    ) {
        self.forecast = forecast
        self.passes = passes
        self.seconds = seconds
        self.repairSeconds = repairSeconds
        self.accuracy = accuracy
    }

    /// What a window may cost.
    package struct Limits: Sendable {
        package var passes: Double?
        package var seconds: Double?
        package var repairSeconds: Double?

        package init(passes: Double? = nil, seconds: Double? = nil, repairSeconds: Double? = nil) {
            self.passes = passes
            self.seconds = seconds
            self.repairSeconds = repairSeconds
        }

        package var isEmpty: Bool { passes == nil && seconds == nil && repairSeconds == nil }
    }

    /// Why a choice was taken.
    package enum Reason: String, Sendable {
        /// Of those within the limits, every one with a measured accuracy: the most accurate.
        case mostAccurate = "most accurate within the limits"
        /// Of those within the limits: the fewest shards, because each costs accuracy and a model an answer; then the fewest slices.
        case fewestShards = "fewest shards, then fewest slices, within the limits"
    }

    package func keeps(_ limits: Limits) -> Bool {
        func within(_ value: Double?, _ limit: Double?) -> Bool {
            guard let limit else { return true }
            return value.map { $0 <= limit } ?? false
        }
        return within(passes, limits.passes) && within(seconds, limits.seconds)
            && within(repairSeconds, limits.repairSeconds)
    }

    /// Index of the choice to take; nil where none keeps the limits.
    package static func recommended(_ choices: [CostChoice], _ limits: Limits) -> (index: Int, reason: Reason)? {
        let kept = choices.indices.filter { choices[$0].keeps(limits) }
        func isCheaper(_ left: Int, _ right: Int) -> Bool {
            let (a, b) = (choices[left].forecast, choices[right].forecast)
            return (a.shards, a.slices, left) < (b.shards, b.slices, right)
        }
        guard let fewest = kept.min(by: isCheaper) else { return nil }
        let accuracies = kept.compactMap { choices[$0].accuracy }
        guard accuracies.count == kept.count, let best = accuracies.max() else { return (fewest, .fewestShards) }
        let accurate = kept.filter { choices[$0].accuracy == best }
        return (accurate.min(by: isCheaper) ?? fewest, .mostAccurate)
    }
}
