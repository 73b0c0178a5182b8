/// What is counted while one run plays.
struct SimulationMeter {
    /// The state at one time of the series.
    struct Point: Sendable {
        var time: Double
        var requests: Int
        var recordPasses: Double
        var queue: Int
        var degradedShards: Int
        /// The queue's mean since the point before: windows that are shorter than a step do not show in single moments.
        var queueMean: Double
    }

    /// Trained so far, what was thrown away included.
    var recordPasses = 0.0
    var wastedPasses = 0.0
    var repairs = 0
    var restarts = 0
    var shardsDegraded = 0
    /// Accepted requests so far.
    private(set) var requests = 0
    /// Requests that are forgotten and not yet repaired.
    private(set) var queue = 0
    private(set) var queueMax = 0
    /// Sum over requests of the queue that each found.
    private var queueFound = 0
    private(set) var queueSeconds = 0.0
    /// Of it, what came before the last point of the series.
    private var areaNoted = 0.0
    /// From its coming to the end of its last repair, in seconds.
    private(set) var repairSeconds: [Double]
    /// How long each shard was degraded.
    private(set) var degradedSeconds: [Double]
    private(set) var completed = 0
    private(set) var series: [Point] = []
    private(set) var now = 0.0
    private let step: Double
    private let points: Int

    init(requests: Int, shards: Int, duration: Double, points: Int) {
        repairSeconds = [Double](repeating: -1, count: requests)
        degradedSeconds = [Double](repeating: 0, count: shards)
        self.points = points
        step = points > 0 ? duration / Double(points) : 0
    }

    /// The next time of the series: `points` equal steps over the stream's duration.
    var nextPoint: Double? {
        points > 0 && series.count <= points ? Double(series.count) * step : nil
    }

    mutating func note(passesUnderWay: Double) {
        guard let time = nextPoint else { return }
        note(time, recordPasses + passesUnderWay)
    }

    private mutating func note(_ time: Double, _ passes: Double) {
        let last = series.last?.time ?? 0
        let area = queueSeconds + Double(queue) * (time - now)
        series.append(
            Point(
                time: time, requests: requests, recordPasses: passes, queue: queue, degradedShards: shardsDegraded,
                queueMean: time > last ? (area - areaNoted) / (time - last) : Double(queue)))
        areaNoted = area
    }

    mutating func advance(to time: Double) {
        queueSeconds += Double(queue) * (time - now)
        now = time
    }

    mutating func accept(_ request: Int) {
        requests += 1
        queueFound += queue
        queue += 1
        queueMax = max(queueMax, queue)
    }

    mutating func complete(_ request: Int, cameAt time: Double) {
        repairSeconds[request] = now - time
        queue -= 1
        completed += 1
    }

    mutating func clean(_ shard: Int, since time: Double) {
        degradedSeconds[shard] += now - time
        shardsDegraded -= 1
    }

    /// Points of the series that lie at the very end, and one behind it: everything repaired.
    mutating func end(at time: Double) {
        guard points > 0 else { return }
        while let point = nextPoint { note(point, recordPasses) }
        note(time, recordPasses)
    }

    /// As requests found it when they came.
    var queueMean: Double { requests == 0 ? 0 : Double(queueFound) / Double(requests) }
    /// Over time, from the beginning until everything is repaired.
    var queueTimeMean: Double { now == 0 ? 0 : queueSeconds / now }
}
