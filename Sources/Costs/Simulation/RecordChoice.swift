internal import Foundation

/// Which records each request of a law takes, one request after the other.
struct RecordChoice {
    private enum Method {
        case uniform
        /// Drawn beforehand, in order.
        case drawn([Int])
        /// By inversion of the sums of weights.
        case sums([Double])
        case owners
        case adversarial
    }

    private let settings: SimulationSettings
    private let placement: SimulatedPlacement
    private var draws: RandomStream
    private var method = Method.uniform
    private var gone = NumberSet()
    private var requests = 0
    /// Where each owner's records begin, and behind the last; empty where there are none.
    private(set) var owners: [Int] = []
    /// Live records of each cell, and each shard's first slice that may have some; for the adversary.
    private var live: [Int] = []
    private var lowest: [Int] = []
    private var nextShard = 0

    init(_ settings: SimulationSettings, _ placement: SimulatedPlacement, run: Int) {
        self.settings = settings
        self.placement = placement
        draws = RandomStream(seed: settings.seed, run: run, purpose: .records)
        if case .owners(let shape) = settings.law {
            owners = Self.owners(records: settings.shape.records, shape: shape, seed: settings.seed, run: run)
            method = .owners
        }
    }

    /// Owners until no record is left; the last has what is left.
    private static func owners(records: Int, shape: Double, seed: UInt64, run: Int) -> [Int] {
        var draws = RandomStream(seed: seed, run: run, purpose: .owners)
        var starts = [0]
        var start = 0
        while start < records {
            // Inversion: floor(u^(-1/shape)) is k or more with chance k^-shape.
            let size = min(pow(draws.unit(), -1 / shape), Double(records - start))
            start += Int(size)
            starts.append(start)
        }
        return starts
    }

    mutating func prepare(requests: Int, sizes: [Int]) {
        let records = settings.shape.records
        if case .adversarial = settings.law {
            method = .adversarial
            live = sizes
            lowest = [Int](repeating: 0, count: settings.shape.shards)
        } else if let logWeight = settings.law.logWeight(records: records) {
            switch settings.repeats {
            case .redraw:
                method = .drawn(Self.withoutReplacement(min(requests, records), of: records, logWeight, &draws))
            case .ignore:
                // Relative to the heaviest, which is the first or the last.
                let heaviest = max(logWeight(0), logWeight(records - 1))
                var sum = 0.0
                method = .sums(
                    (0..<records).map { record in
                        sum += exp(logWeight(record) - heaviest)
                        return sum
                    })
            }
        }
    }

    /// Adds the cells of the next request's records; false: they are gone.
    mutating func next(into cells: inout [UInt32]) -> Bool {
        requests += 1
        switch method {
        case .uniform:
            guard let record = fresh(of: settings.shape.records) else { return false }
            cells.append(UInt32(placement.cell(of: record)))
        case .drawn(let order):
            guard requests <= order.count else { return false }
            cells.append(UInt32(placement.cell(of: order[requests - 1])))
        case .sums(let sums):
            let record = Self.index(of: draws.unit() * (sums.last ?? 0), in: sums)
            guard gone.insert(record) else { return false }
            cells.append(UInt32(placement.cell(of: record)))
        case .owners:
            guard let owner = fresh(of: owners.count - 1) else { return false }
            for record in owners[owner]..<owners[owner + 1] {
                cells.append(UInt32(placement.cell(of: record, owner: owner)))
            }
        case .adversarial:
            guard let cell = worst() else { return false }
            cells.append(UInt32(cell))
        }
        return true
    }

    /// A number below the limit that was not given before; nil: it was and is not drawn again, or none is left.
    private mutating func fresh(of limit: Int) -> Int? {
        while gone.count < limit {
            let number = draws.below(limit)
            if gone.insert(number) { return number }
            if settings.repeats == .ignore { return nil }
        }
        return nil
    }

    private mutating func worst() -> Int? {
        for _ in 0..<lowest.count {
            let shard = nextShard
            nextShard = (nextShard + 1) % lowest.count
            while lowest[shard] < placement.slices {
                let cell = shard * placement.slices + lowest[shard]
                if live[cell] > 0 {
                    live[cell] -= 1
                    return cell
                }
                lowest[shard] += 1
            }
        }
        return nil
    }

    /// The first records when each is drawn with its weight and drawn records leave the urn.
    ///
    /// Gumbel's way: the order of log weight + Gumbel noise, from the largest, is that order (Efraimidis and Spirakis
    /// 2006 say it with exponential clocks). Logarithms, because a far tail's weights are below the smallest number.
    private static func withoutReplacement(
        _ count: Int, of records: Int, _ logWeight: (Int) -> Double, _ draws: inout RandomStream
    ) -> [Int] {
        var keys = [Double](repeating: 0, count: records)
        for record in 0..<records { keys[record] = logWeight(record) - log(-log(draws.unit())) }
        let least = Selection.largest(count, of: keys)
        var chosen = keys.indices.filter { keys[$0] >= least }
        chosen.sort { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }
        return Array(chosen.prefix(count))
    }

    /// The first index whose sum is above the value.
    private static func index(of value: Double, in sums: [Double]) -> Int {
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Numbers from 0 in a table with open addressing: memory in proportion to how many are in it.
struct NumberSet {
    private var slots = [Int](repeating: -1, count: 64)
    private(set) var count = 0

    /// False: it is there already.
    mutating func insert(_ number: Int) -> Bool {
        if (count + 1) * 2 > slots.count { grow() }
        guard Self.put(number, in: &slots) else { return false }
        count += 1
        return true
    }

    private mutating func grow() {
        var larger = [Int](repeating: -1, count: slots.count * 2)
        for number in slots where number >= 0 { _ = Self.put(number, in: &larger) }
        slots = larger
    }

    private static func put(_ number: Int, in slots: inout [Int]) -> Bool {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
        while slots[slot] >= 0 {
            if slots[slot] == number { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = number
        return true
    }
}

/// Finds the k-th largest of many numbers in linear time.
enum Selection {
    /// The k-th largest, k from 1; for k below 1 none qualifies, which is infinity.
    static func largest(_ k: Int, of numbers: [Double]) -> Double {
        guard k >= 1, k <= numbers.count else { return k < 1 ? .infinity : -.infinity }
        var numbers = numbers
        var (low, high) = (0, numbers.count - 1)
        let target = numbers.count - k
        while low < high {
            let pivot = median(numbers[low], numbers[(low + high) / 2], numbers[high])
            var (left, right) = (low, high)
            while left <= right {
                while numbers[left] < pivot { left += 1 }
                while numbers[right] > pivot { right -= 1 }
                if left <= right {
                    numbers.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if target <= right { high = right } else if target >= left { low = left } else { break }
        }
        return numbers[target]
    }

    private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double {
        max(min(a, b), min(max(a, b), c))
    }
}
