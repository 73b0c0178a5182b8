internal import Unlearning

/// Plays one stream of requests against shards that are repaired by a few workers. No clock and no chance: events in
/// order of time.
///
/// Forgetting takes no time: a request's records are gone from every size when it comes. Its shards are degraded from
/// then on until a repair ends that trained every stage from their lowest touched slice to the last. At one time, a
/// repair ends before a window does, and a window before a request comes.
///
/// **A request in a shard under repair**: where its slice is the one being trained or a lower one, the repair goes back
/// to that slice at once, fixed seconds included, because what it trains has seen the record; finished stages below
/// stay. Where its slice is later, the repair goes on and takes it along. So a shard is clean when its repair ends, and
/// requests that wait for one shard share one repair.
struct RepairSimulator {
    private let stream: RequestStream
    private let slices: Int
    private let weights: PassWeights
    private let policy: RepairPolicy
    private let service: SimulationSettings.Service
    private let duration: Double

    private var now = 0.0
    private var next = 0
    /// Live records of each cell.
    private(set) var sizes: [Int]
    /// The lowest slice of each shard that has to be trained again; `slices`: the shard is clean.
    private var lowest: [Int]
    private var dirtySince: [Double]
    /// Requests that wait for each shard, or are in its repair.
    private var waiting: [[Int]]
    /// Where a shard's repair is in `running`; -1: nowhere.
    private var runningIndex: [Int]
    private var running: [RunningRepair] = []
    /// Shards that wait and may not begin yet, in the order in which they became dirty.
    private var held: [Int] = []
    /// Shards that may begin, in order; those before `queueStart` have.
    private var queue: [Int] = []
    private var queueStart = 0
    /// Of a repair of each shard that waits, in seconds; kept for deadlines only.
    private var serviceTime: [Double]
    private var sinceRelease = 0
    /// Shards that a request has yet to be complete in.
    private var shardsLeft: [Int32]
    private var meter: SimulationMeter

    init(_ settings: SimulationSettings, stream: RequestStream, points: Int = 0) {
        self.stream = stream
        slices = settings.shape.slices
        weights = settings.weights
        policy = settings.policy
        service = settings.service
        duration = settings.duration
        let shards = settings.shape.shards
        sizes = stream.sizes
        lowest = [Int](repeating: slices, count: shards)
        dirtySince = [Double](repeating: 0, count: shards)
        waiting = [[Int]](repeating: [], count: shards)
        runningIndex = [Int](repeating: -1, count: shards)
        serviceTime = [Double](repeating: 0, count: shards)
        shardsLeft = [Int32](repeating: 0, count: stream.count)
        meter = SimulationMeter(requests: stream.count, shards: shards, duration: duration, points: points)
    }

    /// The whole stream, and on until every request is complete.
    mutating func run() -> SimulationMeter {
        while true {
            var time = Double.infinity
            let done = running.indices.min { running[$0].completion < running[$1].completion }
            if let done { time = running[done].completion }
            var kind = done == nil ? Event.none : .completion
            if let release = releaseTime(), release < time { (time, kind) = (release, .release) }
            if next < stream.count, stream.times[next] < time { (time, kind) = (stream.times[next], .request) }
            if let start = deadlineStart(), start < time { (time, kind) = (start, .start) }
            if kind == .none { break }
            advanceClock(to: max(now, time))
            switch kind {
            case .completion: if let done { finish(done) }
            case .release: release()
            case .request: accept()
            // Where another worker is busy, there may be more time than it seemed.
            case .start: if let start = deadlineStart(), start <= now { begin() }
            case .none: break
            }
            if !isDeadline { while queueStart < queue.count, running.count < service.workers { begin() } }
        }
        advanceClock(to: max(now, duration))
        meter.end(at: now)
        return meter
    }

    private enum Event { case none, completion, release, request, start }

    private var isDeadline: Bool { if case .deadline = policy { true } else { false } }

    private mutating func advanceClock(to time: Double) {
        while let point = meter.nextPoint, point < time {
            meter.note(passesUnderWay: running.reduce(0) { $0 + underWay($1, at: point) })
        }
        meter.advance(to: time)
        now = time
    }
}

// When repairs may begin.
extension RepairSimulator {
    /// The end of the window that the first waiting shard is in, or of the stream.
    private func releaseTime() -> Double? {
        guard let first = held.first else { return nil }
        switch policy {
        case .window(let seconds):
            let windows = (dirtySince[first] / seconds).rounded(.down) + 1
            return max(now, windows * seconds)
        case .count: return next == stream.count ? max(now, duration) : nil
        case .immediate, .deadline: return nil
        }
    }

    private mutating func release() {
        queue.append(contentsOf: held)
        held.removeAll(keepingCapacity: true)
        sinceRelease = 0
    }

    /// The latest time at which waiting shards can begin, one after another in order of their oldest request, and all
    /// be in time.
    private func deadlineStart() -> Double? {
        guard case .deadline(let limit) = policy, queueStart < queue.count, running.count < service.workers else {
            return nil
        }
        var free = running.map(\.completion) + [Double](repeating: now, count: service.workers - running.count)
        var slack = Double.infinity
        for shard in queue[queueStart...] {
            let worker = free.indices.min { free[$0] < free[$1] } ?? 0
            free[worker] += serviceTime[shard]
            slack = min(slack, dirtySince[shard] + limit - free[worker])
        }
        return now + max(0, slack)
    }

    private mutating func begin() {
        let shard = queue[queueStart]
        queueStart += 1
        if queueStart > 1024, queueStart * 2 > queue.count {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
        var repair = RunningRepair(
            shard: shard, lowest: lowest[shard], stage: lowest[shard], stageStart: now + service.secondsPerRepair)
        repair.completion = completion(of: repair)
        runningIndex[shard] = running.count
        running.append(repair)
        meter.repairs += 1
    }
}

// Requests.
extension RepairSimulator {
    private mutating func accept() {
        let request = next
        next += 1
        let cells = stream.records(of: request)
        // Lowest slice of every shard that it touches.
        var touched: [(shard: Int, slice: Int)] = []
        if cells.count == 1, let cell = cells.first {
            touched = [(Int(cell) / slices, Int(cell) % slices)]
        } else {
            for cell in cells.sorted() where touched.last?.shard != Int(cell) / slices {
                touched.append((Int(cell) / slices, Int(cell) % slices))
            }
        }
        // What running repairs have done, before sizes change below their feet.
        for (shard, slice) in touched where runningIndex[shard] >= 0 {
            let index = runningIndex[shard]
            advance(index)
            if slice <= running[index].stage { goBack(index, to: slice) }
        }
        for cell in cells { sizes[Int(cell)] -= 1 }
        shardsLeft[request] = Int32(touched.count)
        for (shard, slice) in touched {
            waiting[shard].append(request)
            if lowest[shard] == slices {
                dirtySince[shard] = now
                meter.shardsDegraded += 1
                switch policy {
                case .immediate, .deadline: queue.append(shard)
                case .count, .window: held.append(shard)
                }
            }
            lowest[shard] = min(lowest[shard], slice)
            if runningIndex[shard] >= 0 {
                running[runningIndex[shard]].completion = completion(of: running[runningIndex[shard]])
            } else if isDeadline {
                serviceTime[shard] =
                    service.secondsPerRepair + service.secondsPerPass * passes(shard, from: lowest[shard])
            }
        }
        meter.accept(request)
        sinceRelease += 1
        if case .count(let count) = policy, sinceRelease == count { release() }
    }

    /// Gives up what a running repair has trained from a slice on.
    private mutating func goBack(_ index: Int, to slice: Int) {
        let repair = running[index]
        let partly = underWay(repair, at: now)
        let again = max(slice, repair.lowest)
        let lost = partly + passes(repair.shard, again..<max(again, repair.stage))
        meter.recordPasses += partly
        meter.wastedPasses += lost
        meter.restarts += 1
        running[index].lowest = min(repair.lowest, slice)
        running[index].stage = slice
        running[index].stageStart = now + service.secondsPerRepair
    }
}

// Repairs.
extension RepairSimulator {
    /// Training all shards with the records that are left.
    var fullPasses: Double { lowest.indices.reduce(0) { $0 + passes($1, from: 0) } }

    /// Notes the stages of a running repair that have ended by now.
    private mutating func advance(_ index: Int) {
        var repair = running[index]
        let base = repair.shard * slices
        var before = sizes[base..<base + repair.stage].reduce(0, +)
        while repair.stage < slices - 1 {
            let size = sizes[base + repair.stage]
            let passes = passes(before, size)
            let end = repair.stageStart + passes * service.secondsPerPass
            guard end <= now else { break }
            meter.recordPasses += passes
            repair.stageStart = end
            repair.stage += 1
            before += size
        }
        running[index] = repair
    }

    private mutating func finish(_ index: Int) {
        let repair = running[index]
        let shard = repair.shard
        meter.recordPasses += passes(shard, from: repair.stage)
        running.swapAt(index, running.count - 1)
        running.removeLast()
        if index < running.count { runningIndex[running[index].shard] = index }
        runningIndex[shard] = -1
        lowest[shard] = slices
        meter.clean(shard, since: dirtySince[shard])
        for request in waiting[shard] {
            shardsLeft[request] -= 1
            if shardsLeft[request] == 0 { meter.complete(request, cameAt: stream.times[request]) }
        }
        waiting[shard].removeAll(keepingCapacity: true)
    }

    private func completion(of repair: RunningRepair) -> Double {
        repair.stageStart + passes(repair.shard, from: repair.stage) * service.secondsPerPass
    }

    /// Record-passes of a running repair that `advance` has not noted.
    private func underWay(_ repair: RunningRepair, at time: Double) -> Double {
        guard service.secondsPerPass > 0, time > repair.stageStart else { return 0 }
        return min((time - repair.stageStart) / service.secondsPerPass, passes(repair.shard, from: repair.stage))
    }

    private func passes(_ shard: Int, from stage: Int) -> Double { passes(shard, stage..<slices) }

    private func passes(_ shard: Int, _ stages: Range<Int>) -> Double {
        let base = shard * slices
        var before = sizes[base..<base + stages.lowerBound].reduce(0, +)
        var sum = 0.0
        for stage in stages {
            sum += passes(before, sizes[base + stage])
            before += sizes[base + stage]
        }
        return sum
    }

    /// A stage whose own slice is empty trains nothing.
    private func passes(_ before: Int, _ own: Int) -> Double {
        own == 0 ? 0 : weights.earlier * Double(before) + weights.own * Double(own)
    }
}

/// A repair that a worker is at: stages from the lowest touched slice to the last, one after another.
struct RunningRepair {
    let shard: Int
    /// The lowest slice that this repair has begun from; what is above it is lost where it has to go back.
    var lowest: Int
    /// The stage that is being trained, or is the first to be.
    var stage: Int
    /// When its training began, or will when the fixed part is over.
    var stageStart: Double
    var completion: Double = 0
}
