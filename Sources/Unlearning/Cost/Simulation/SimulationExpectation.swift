/// What the formulas say of the requests of one run, where they say something.
struct SimulationExpectation: Sendable {
    /// With J or Q as printed: requests are drawn with replacement.
    let recordPasses: Double
    /// The same for different records, which matters where the requests are no small part of the corpus.
    let distinctRecordPasses: Double
    /// Of one full training of what is left.
    let fraction: Double

    /// Nil: `reason` says why.
    init?(_ settings: SimulationSettings, _ stream: RequestStream) {
        guard Self.reason(settings) == nil else { return nil }
        let shape = settings.shape
        let whole = Self.cost(settings, records: shape.records)
        let each = whole.passesOfARecord
        if case .immediate = settings.policy {
            recordPasses = whole.sequential(requests: Double(stream.count))
            distinctRecordPasses = whole.sequentialWithoutReplacement(requests: Double(stream.count))
        } else {
            // J is linear in the records but for what those that are gone save, so it is asked once for each size of a batch.
            var shares: [Int: (share: Double, distinct: DistinctRequests)] = [:]
            var (gone, sum, distinct) = (0, 0.0, 0.0)
            for size in Self.batches(settings.policy, stream) {
                let requests = Double(size)
                let batch =
                    shares[size]
                    ?? (
                        (whole.batch(requests: requests) + requests * each) / Double(shape.records),
                        DistinctRequests(whole, requests: requests)
                    )
                shares[size] = batch
                sum += batch.share * Double(shape.records - gone) - requests * each
                distinct += batch.distinct.passes(after: Double(gone))
                gone += size
            }
            (recordPasses, distinctRecordPasses) = (sum, distinct)
        }
        let full = whole.full(requests: Double(stream.count))
        fraction = full > 0 ? recordPasses / full : 0
    }

    private static func cost(_ settings: SimulationSettings, records: Int) -> SISACost {
        SISACost(
            records: records, shards: settings.shape.shards, slices: settings.shape.slices, weights: settings.weights)
    }

    /// Why no formula fits; nil: one does.
    static func reason(_ settings: SimulationSettings) -> String? {
        guard settings.law == .uniform else { return "the formulas are for uniform requests" }
        guard settings.placement != .owners else { return "the formulas are for records that are placed one by one" }
        if case .deadline = settings.policy { return "a deadline's batches follow from the service times" }
        return nil
    }

    /// How many requests each repair answers if it ends before the next may begin.
    private static func batches(_ policy: RepairPolicy, _ stream: RequestStream) -> [Int] {
        switch policy {
        case .immediate, .deadline: return [Int](repeating: 1, count: stream.count)
        case .count(let count):
            return stride(from: 0, to: stream.count, by: count).map { min(count, stream.count - $0) }
        case .window(let seconds):
            var batches: [Int] = []
            var last = -1.0
            for time in stream.times {
                let window = (time / seconds).rounded(.down)
                if window == last { batches[batches.count - 1] += 1 } else { batches.append(1) }
                last = window
            }
            return batches
        }
    }
}
