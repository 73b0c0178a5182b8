package import Unlearning

/// What is simulated. `init` refuses what cannot be, so that nothing behind it has to ask.
package struct SimulationSettings: Sendable {
    /// How requests are spread over time.
    package enum Arrivals: String, Sendable, CaseIterable {
        /// At random: a Poisson process.
        case poisson
        /// At equal distances, the first half a distance after the beginning.
        case even
    }

    /// What becomes of a request for a record that is gone.
    package enum Repeats: String, Sendable, CaseIterable {
        /// Another record is drawn, by the same law, of those that are left.
        case redraw
        /// Nothing is done; it is counted.
        case ignore
    }

    /// Two of the three, or a trace alone: requests, their rate, how long they come.
    package struct Volume: Sendable {
        /// Requests in all.
        package var requests: Int?
        /// Requests a day.
        package var perDay: Double?
        /// Seconds over which they come.
        package var seconds: Double?

        /// A volume of which two numbers, or none, are known.
        package init(requests: Int? = nil, perDay: Double? = nil, seconds: Double? = nil) {
            self.requests = requests
            self.perDay = perDay
            self.seconds = seconds
        }
    }

    /// What repairs are done by, and what they take.
    package struct Service: Sendable {
        /// Shards that are repaired at once.
        package var workers: Int
        /// Seconds of a record-pass.
        package var secondsPerPass: Double
        /// Seconds of a repair beside its record-passes.
        package var secondsPerRepair: Double

        /// A service; by default one worker that takes a millisecond for a record-pass.
        package init(workers: Int = 1, secondsPerPass: Double = 0.001, secondsPerRepair: Double = 0) {
            self.workers = workers
            self.secondsPerPass = secondsPerPass
            self.secondsPerRepair = secondsPerRepair
        }
    }

    /// The corpus and its plan.
    package struct Shape: Sendable {
        /// Records before the first request.
        package var records: Int
        /// The number of shards.
        package var shards: Int
        /// The slices of a shard.
        package var slices: Int
        /// Epochs that a shard without slices would take.
        package var epochs: Double

        /// A shape; nothing is checked yet.
        package init(records: Int, shards: Int, slices: Int, epochs: Double = 1) {
            self.records = records
            self.shards = shards
            self.slices = slices
            self.epochs = epochs
        }

        /// Refuses numbers that are out of range.
        package func check() throws(SimulationError) {
            try SimulationSettings.check("--records", records, 1...maxRecords)
            try SimulationSettings.check("--shards", shards, 1...maxCells)
            try SimulationSettings.check("--slices", slices, 1...maxCells)
            try SimulationSettings.check("--epochs", epochs, 1e-6...1e6)
            guard shards <= maxCells / slices else {
                throw .tooManyCells(shards: shards, slices: slices, max: maxCells)
            }
        }
    }

    /// The most records of a corpus.
    package static let maxRecords = 1_000_000_000_000
    /// Where every record needs memory or a look.
    package static let maxCountedRecords = 100_000_000
    /// The most cells of a plan, shards times slices.
    package static let maxCells = 10_000_000
    /// The most requests of a run.
    package static let maxRequests = 50_000_000
    /// The most runs.
    package static let maxRuns = 10_000
    /// The most workers.
    package static let maxWorkers = 10_000
    /// A thousand years, in seconds.
    package static let longest = 365.25 * 86_400 * 1_000
    /// Days of a month, on the average.
    package static let daysPerMonth = 365.25 / 12

    /// The corpus and its plan.
    package let shape: Shape
    /// Visits of a stage to a record.
    package let weights: PassWeights
    /// Who asks to be forgotten.
    package let law: RequestLaw
    /// How requests are spread over time.
    package let arrivals: Arrivals
    /// What becomes of a request for a record that is gone.
    package let repeats: Repeats
    /// Where records are.
    package let placement: SimulatedPlacement.Kind
    /// When repairs begin.
    package let policy: RepairPolicy
    /// What repairs are done by.
    package let service: Service
    /// Independent runs.
    package let runs: Int
    /// The seed of all draws.
    package let seed: UInt64
    /// Nil: as many as come at the rate.
    package let requests: Int?
    /// How long requests come, in seconds.
    package let duration: Double
    /// Requests that come, on the average.
    package let expectedRequests: Double

    /// Settings that were checked; throws at the first number that cannot be.
    package init(
        _ shape: Shape, weights: PassWeights, law: RequestLaw, volume: Volume, arrivals: Arrivals = .poisson,
        repeats: Repeats = .redraw, placement: SimulatedPlacement.Kind = .equal, policy: RepairPolicy = .immediate,
        service: Service = Service(), runs: Int = 20, seed: UInt64 = 1
    ) throws(SimulationError) {
        self.shape = shape
        self.weights = weights
        self.law = law
        self.arrivals = arrivals
        self.repeats = repeats
        self.placement = placement
        self.policy = policy
        self.service = service
        self.runs = runs
        self.seed = seed
        try shape.check()
        try Self.check("--runs", runs, 1...Self.maxRuns)
        try Self.check("--workers", service.workers, 1...Self.maxWorkers)
        try Self.check("--seconds-per-pass", service.secondsPerPass, 0...1e6)
        try Self.check("--seconds-per-repair", service.secondsPerRepair, 0...1e9)
        (requests, duration) = try Self.volume(volume, law)
        expectedRequests = requests.map(Double.init) ?? (volume.perDay ?? 0) * duration / 86_400
        if repeats == .redraw, let requests, requests > shape.records {
            if case .owners = law {
            } else {
                throw .moreRequestsThanRecords(requests: requests, records: shape.records)
            }
        }
        try Self.check(law, placement, shape)
    }

    /// Requests a day, of `12/day` and the like.
    package static func perDay(_ text: String) throws(SimulationError) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units: [Substring: Double] = [
            "hour": 1.0 / 24, "day": 1, "week": 7, "month": daysPerMonth, "year": 12 * daysPerMonth
        ]
        guard parts.count == 2, let number = Double(parts[0]), let days = units[parts[1]] else {
            throw .badRate(found: text)
        }
        return number / days
    }

    private static func check<Number: Comparable>(
        _ option: String, _ value: Number, _ range: ClosedRange<Number>
    ) throws(SimulationError) {
        // NaN is in no range.
        guard range.contains(value) else {
            throw .outOfRange(
                option: option, found: "\(value)", least: "\(range.lowerBound)", max: "\(range.upperBound)")
        }
    }

    private static func check(
        _ law: RequestLaw, _ placement: SimulatedPlacement.Kind, _ shape: Shape
    ) throws(SimulationError) {
        var hasOwners = false
        var hasNumbers = true
        switch law {
        case .owners: hasOwners = true
        case .trace(let trace):
            hasOwners = trace.subject == .owner
            hasNumbers = trace.subject == .record
        default: break
        }
        if placement == .owners, !hasOwners { throw .ownersNeeded }
        if placement == .ordered, !hasNumbers { throw .numbersNeeded }
        var counts = placement != .equal || law.logWeight(records: shape.records) != nil
        if case .owners = law { counts = true }
        if counts, shape.records > maxCountedRecords {
            throw .tooManyForStream(
                stream: "--stream \(law.name) with --placement \(placement.rawValue)", records: shape.records,
                max: maxCountedRecords)
        }
    }

    /// Requests and seconds, of what was given.
    private static func volume(
        _ volume: Volume, _ law: RequestLaw
    ) throws(SimulationError) -> (requests: Int?, duration: Double) {
        if let requests = volume.requests { try check("--requests", requests, 1...maxRequests) }
        if let perDay = volume.perDay { try check("--rate", perDay, 1e-9...1e12) }
        if let seconds = volume.seconds { try check("the duration in seconds", seconds, 1e-3...longest) }
        if case .trace(let trace) = law {
            if volume.requests != nil { throw .traceWithOthers(option: "--requests") }
            if volume.perDay != nil { throw .traceWithOthers(option: "--rate") }
            let last = trace.entries.last?.time ?? 0
            if let seconds = volume.seconds { try check("the duration in seconds", seconds, last...longest) }
            return (trace.entries.count, volume.seconds ?? last)
        }
        let year = 12 * daysPerMonth * 86_400
        switch (volume.requests, volume.perDay) {
        case (nil, nil): throw .noRequests
        case (let requests?, nil): return (requests, volume.seconds ?? year)
        case (let requests?, let perDay?):
            if volume.seconds != nil { throw .overdetermined }
            let duration = Double(requests) / perDay * 86_400
            try check("--requests through --rate, in seconds,", duration, 0...longest)
            return (requests, duration)
        case (nil, let perDay?):
            let seconds = volume.seconds ?? year
            let expected = perDay * seconds / 86_400
            guard expected <= Double(maxRequests) else {
                throw .tooManyRequests(expected: expected, max: maxRequests)
            }
            return (nil, seconds)
        }
    }
}
