internal import Foundation

/// What one run is asked to forget: when, and in which cells the records are.
struct RequestStream {
    /// Ascending, in seconds.
    var times: [Double] = []
    /// Where the records of each request begin in `cells`, and behind the last.
    var starts = [0]
    /// Cell of each record that goes.
    var cells: [UInt32] = []
    /// Requests that came for records which were gone; they are in nothing above.
    var ignored = 0
    /// Records of each cell before the first request.
    var sizes: [Int]

    var count: Int { times.count }

    func records(of request: Int) -> ArraySlice<UInt32> { cells[starts[request]..<starts[request + 1]] }

    /// The stream of one run. The requests of a run do not depend on policy, service or workers.
    init(_ settings: SimulationSettings, run: Int) {
        let shape = settings.shape
        let placement = SimulatedPlacement(
            settings.placement, records: shape.records, shards: shape.shards, slices: shape.slices,
            seed: settings.seed, run: run)
        if case .trace(let trace) = settings.law {
            self = Self(trace, placement)
            return
        }
        let drawn = Self.times(settings, run: run)
        var choice = RecordChoice(settings, placement, run: run)
        sizes = placement.sizes(owners: choice.owners)
        times.reserveCapacity(drawn.count)
        starts.reserveCapacity(drawn.count + 1)
        choice.prepare(requests: drawn.count, sizes: sizes)
        for time in drawn {
            if choice.next(into: &cells) {
                times.append(time)
                starts.append(cells.count)
            } else {
                ignored += 1
            }
        }
    }

    private init(_ trace: RequestTrace, _ placement: SimulatedPlacement) {
        var owners: [Int] = []
        var isGone = Set<Int>()
        if trace.subject == .owner {
            // The first entry of an owner says how many records it has.
            owners = trace.entries.reduce(into: [0]) { starts, entry in
                if entry.number == starts.count - 1 { starts.append(starts[entry.number] + entry.records) }
            }
        }
        sizes = placement.sizes(owners: owners)
        for entry in trace.entries {
            guard isGone.insert(entry.number).inserted else {
                ignored += 1
                continue
            }
            if trace.subject == .owner {
                for record in owners[entry.number]..<owners[entry.number + 1] {
                    cells.append(UInt32(placement.cell(of: record, owner: entry.number)))
                }
            } else {
                cells.append(UInt32(placement.cell(of: entry.number)))
            }
            times.append(entry.time)
            starts.append(cells.count)
        }
    }

    /// When requests come, over the whole duration.
    ///
    /// Of a Poisson process whose count is known the times are independent and uniform, in order; sums of exponential
    /// gaps, scaled, are that.
    private static func times(_ settings: SimulationSettings, run: Int) -> [Double] {
        var draws = RandomStream(seed: settings.seed, run: run, purpose: .arrivals)
        let duration = settings.duration
        switch (settings.arrivals, settings.requests) {
        case (.even, let count):
            let count = count ?? Int(settings.expectedRequests)
            let gap = duration / Double(count)
            return (0..<count).map { (Double($0) + 0.5) * gap }
        case (.poisson, let count?):
            var sum = 0.0
            var times = (0..<count).map { _ in
                sum -= log(draws.unit())
                return sum
            }
            let scale = duration / (sum - log(draws.unit()))
            for index in times.indices { times[index] *= scale }
            return times
        case (.poisson, nil):
            var times: [Double] = []
            let gap = duration / settings.expectedRequests
            var time = -log(draws.unit()) * gap
            while time < duration {
                times.append(time)
                time -= log(draws.unit()) * gap
            }
            return times
        }
    }
}
