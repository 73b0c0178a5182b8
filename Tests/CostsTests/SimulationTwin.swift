@testable import Costs
@testable import Unlearning

/// The slow twin of `RepairSimulator`: keeps every record, and walks through time in halves of a second.
///
/// It is exact where times are multiples of a half, a record-pass takes a second and passes are whole numbers.
struct SimulationTwin {
    struct Repair {
        var shard: Int
        var stage: Int
        var setup: Double
        /// Passes done, by stage.
        var done: [Double]
    }

    let settings: SimulationSettings
    /// The cell in which each record is or was.
    let homes: [Int: Int]
    var cells: [Set<Int>]
    var requests: [(time: Double, records: [Int])]
    var isTouched: [[Bool]]
    var open: [[Int]]
    var since: [Double]
    var held: [Int] = []
    var queue: [Int] = []
    var running: [Repair] = []
    var next = 0
    var batch = 0
    var now = 0.0

    var recordPasses = 0.0
    var wasted = 0.0
    var repairs = 0
    var restarts = 0
    var finished: [Double?]
    var degraded: [Double]
    var queueMax = 0
    var queueSeconds = 0.0

    init(_ settings: SimulationSettings, _ stream: RequestStream) {
        self.settings = settings
        let (shards, slices) = (settings.shape.shards, settings.shape.slices)
        var number = 0
        cells = stream.sizes.map { size in
            defer { number += size }
            return Set(number..<number + size)
        }
        homes = Dictionary(
            uniqueKeysWithValues: cells.enumerated().flatMap { cell, records in records.map { ($0, cell) } })
        var left = cells
        requests = (0..<stream.count).map { request in
            (stream.times[request], stream.records(of: request).compactMap { left[Int($0)].popFirst() })
        }
        isTouched = [[Bool]](repeating: [Bool](repeating: false, count: slices), count: shards)
        open = [[Int]](repeating: [], count: shards)
        since = [Double](repeating: 0, count: shards)
        finished = [Double?](repeating: nil, count: stream.count)
        degraded = [Double](repeating: 0, count: shards)
    }

    private var slices: Int { settings.shape.slices }

    private func passes(_ shard: Int, _ stage: Int) -> Double {
        let own = cells[shard * slices + stage].count
        if own == 0 { return 0 }
        let earlier = (0..<stage).reduce(0) { $0 + cells[shard * slices + $1].count }
        return settings.weights.earlier * Double(earlier) + settings.weights.own * Double(own)
    }

    private func lowest(_ shard: Int) -> Int? { isTouched[shard].firstIndex(of: true) }
    private func isDone(_ repair: Repair) -> Bool {
        repair.setup == 0 && (repair.stage..<slices).allSatisfy { repair.done[$0] == passes(repair.shard, $0) }
    }

    private func secondsLeft(_ repair: Repair) -> Double {
        (repair.stage..<slices).reduce(repair.setup) { $0 + passes(repair.shard, $1) - repair.done[$1] }
    }

    mutating func run() {
        repeat {
            while step() { dispatch() }
            let waiting = finished.indices.count { $0 < next && finished[$0] == nil }
            queueSeconds += Double(waiting) * 0.5
            for index in running.indices { work(index) }
            now += 0.5
        } while next < requests.count || !running.isEmpty || !queue.isEmpty || !held.isEmpty || now < settings.duration
    }

    /// One thing that happens now; false: nothing does.
    private mutating func step() -> Bool {
        for index in running.indices { skipFinishedStages(index) }
        if let index = running.firstIndex(where: isDone) {
            finish(index)
            return true
        }
        if isReleaseDue() {
            queue += held
            held = []
            return true
        }
        if next < requests.count, requests[next].time == now {
            accept()
            return true
        }
        if case .deadline(let limit) = settings.policy, !queue.isEmpty, running.count < settings.service.workers {
            var free = running.map { now + secondsLeft($0) }
            while free.count < settings.service.workers { free.append(now) }
            let isUrgent = queue.contains { shard in
                free.sort()
                free[0] += settings.service.secondsPerRepair
                for stage in (lowest(shard) ?? slices)..<slices { free[0] += passes(shard, stage) }
                return free[0] >= since[shard] + limit
            }
            if isUrgent {
                begin()
                return true
            }
        }
        return false
    }

    private func isReleaseDue() -> Bool {
        guard let first = held.first else { return false }
        switch settings.policy {
        case .window(let seconds): return now.truncatingRemainder(dividingBy: seconds) == 0 && since[first] < now
        case .count: return next == requests.count && now >= settings.duration
        case .immediate, .deadline: return false
        }
    }

    private mutating func dispatch() {
        if case .deadline = settings.policy { return }
        while !queue.isEmpty, running.count < settings.service.workers { begin() }
    }

    private mutating func begin() {
        let shard = queue.removeFirst()
        running.append(
            Repair(
                shard: shard, stage: lowest(shard) ?? slices - 1, setup: settings.service.secondsPerRepair,
                done: [Double](repeating: 0, count: slices)))
        repairs += 1
    }

    private mutating func skipFinishedStages(_ index: Int) {
        while running[index].setup == 0, running[index].stage < slices - 1,
            running[index].done[running[index].stage] == passes(running[index].shard, running[index].stage)
        {
            running[index].stage += 1
        }
    }

    private mutating func work(_ index: Int) {
        if running[index].setup > 0 {
            running[index].setup -= 0.5
        } else {
            running[index].done[running[index].stage] += 0.5
            recordPasses += 0.5
        }
    }

    private mutating func finish(_ index: Int) {
        let shard = running.remove(at: index).shard
        isTouched[shard] = [Bool](repeating: false, count: slices)
        degraded[shard] += now - since[shard]
        let complete = open[shard]
        open[shard] = []
        for request in complete where !open.contains(where: { $0.contains(request) }) {
            finished[request] = now - requests[request].time
        }
    }

    private mutating func accept() {
        let request = next
        next += 1
        batch += 1
        for record in requests[request].records {
            guard let cell = cells.firstIndex(where: { $0.contains(record) }) else { continue }
            let (shard, slice) = (cell / slices, cell % slices)
            let wasClean = lowest(shard) == nil
            cells[cell].remove(record)
            isTouched[shard][slice] = true
            if !open[shard].contains(request) { open[shard].append(request) }
            if wasClean { since[shard] = now }
        }
        // In the order of their numbers.
        for shard in open.indices where open[shard].contains(request) {
            let slice = requests[request].records.compactMap { home(of: $0, in: shard) }.min() ?? 0
            if let index = running.firstIndex(where: { $0.shard == shard }) {
                if slice <= running[index].stage { goBack(index, slice) }
            } else if !held.contains(shard), !queue.contains(shard) {
                switch settings.policy {
                case .immediate, .deadline: queue.append(shard)
                case .count, .window: held.append(shard)
                }
            }
        }
        queueMax = max(queueMax, finished.indices.count { $0 < next && finished[$0] == nil })
        if case .count(let count) = settings.policy, batch == count {
            queue += held
            held = []
            batch = 0
        }
    }

    private mutating func goBack(_ index: Int, _ slice: Int) {
        for stage in slice..<slices {
            wasted += running[index].done[stage]
            running[index].done[stage] = 0
        }
        running[index].stage = slice
        running[index].setup = settings.service.secondsPerRepair
        restarts += 1
    }

    private func home(of record: Int, in shard: Int) -> Int? {
        guard let home = homes[record], home / slices == shard else { return nil }
        return home % slices
    }

}
