package import Unlearning

/// Which records a measurement deletes, one request after another.
package enum MeasurementStream: Sendable, Equatable {
    /// Every live record is as likely as any other.
    case uniform
    /// One of each shard's first slices, round after round: what costs most.
    case adversarial
    /// All records of an owner at once; every owner is as likely as any other.
    case owners
    /// By the probabilities of the recipe's bands.
    case bands
    /// As recorded: the ids of each request.
    case trace([[RecordID]])
}

/// A record as a measurement draws it: nothing but where it is and whose.
struct MeasurementTarget {
    let id: RecordID
    let cell: Cell
    let owner: String?
    /// How likely it is to be drawn, beside others; for `bands` only.
    let weight: Double
}

/// Draws requests; the same ones for the same seed and records.
struct MeasurementDraws {
    private var live: [MeasurementTarget]
    private let stream: MeasurementStream
    private var draws: RandomStream
    /// Requests that were drawn one by one, for the round of shards.
    private var count = 0

    init(_ stream: MeasurementStream, _ targets: [MeasurementTarget], seed: UInt64) {
        self.stream = stream
        // In an order that does not depend on how the corpus is laid out.
        live = targets.sorted { $0.id < $1.id }
        draws = RandomStream(seed: seed, run: 0, purpose: .measurement)
    }

    /// The ids of one request for `size` records or owners; fewer, or none, where nothing is left.
    mutating func next(_ size: Int) -> [RecordID] {
        switch stream {
        case .uniform: (0..<size).compactMap { _ in draw(from: live.indices) }
        case .bands: (0..<size).compactMap { _ in drawByWeight() }
        case .adversarial:
            (0..<size).compactMap { _ in
                let shards = Set(live.map(\.cell.shard)).sorted()
                guard !shards.isEmpty else { return nil }
                let shard = shards[count % shards.count]
                let mine = live.indices.filter { live[$0].cell.shard == shard }
                let first = mine.map { live[$0].cell.slice }.min()
                return draw(from: mine.filter { live[$0].cell.slice == first })
            }
        case .owners:
            (0..<size).flatMap { _ -> [RecordID] in
                let owners = Set(live.compactMap(\.owner)).sorted()
                guard !owners.isEmpty else { return [] }
                let owner = owners[draws.below(owners.count)]
                let ids = live.filter { $0.owner == owner }.map(\.id)
                live.removeAll { $0.owner == owner }
                return ids
            }
        case .trace: []
        }
    }

    private mutating func draw(from indices: some RandomAccessCollection<Int>) -> RecordID? {
        count += 1
        return indices.isEmpty
            ? nil : live.remove(at: indices[indices.index(indices.startIndex, offsetBy: draws.below(indices.count))]).id
    }

    private mutating func drawByWeight() -> RecordID? {
        var sums: [Double] = []
        sums.reserveCapacity(live.count)
        var total = 0.0
        for target in live {
            total += target.weight
            sums.append(total)
        }
        guard total > 0 else { return nil }
        let point = draws.unit() * total
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > point { high = middle } else { low = middle + 1 }
        }
        return live.remove(at: low).id
    }
}
