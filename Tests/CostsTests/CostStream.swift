import TestSupport

@testable import Costs
@testable import Unlearning

/// Random streams of different records, priced by definition after every request: as one batch so far, and one by one.
///
/// Knows records with cells and live counts, and nothing of hit probabilities.
struct CostStream {
    private let cells: [(shard: Int32, slice: Int32)]
    private let sizes: [[Int]]
    private let slices: Int
    private let weights: PassWeights
    private let skipsEmpty: Bool
    private var stamps: [Int32]
    private var trial: Int32 = 0
    private var generator: SeededGenerator

    init(sizes: [[Int]], weights: PassWeights, skipsEmpty: Bool, seed: UInt64) {
        self.sizes = sizes
        self.weights = weights
        self.skipsEmpty = skipsEmpty
        slices = sizes.first?.count ?? 0
        cells = sizes.enumerated().flatMap { shard, row in
            row.enumerated().flatMap { slice, count in
                [(shard: Int32, slice: Int32)](repeating: (Int32(shard), Int32(slice)), count: count)
            }
        }
        stamps = [Int32](repeating: 0, count: cells.count)
        generator = SeededGenerator(seed: seed)
    }

    /// Costs after 1, 2, ... `requests` of a new stream.
    mutating func run(_ requests: Int, _ take: (_ request: Int, _ batch: Double, _ sequential: Double) -> Void) {
        trial += 1
        var live = sizes
        var first = [Int](repeating: slices, count: sizes.count)
        var repair = [Double](repeating: 0, count: sizes.count)
        var (batch, sequential) = (0.0, 0.0)
        for request in 1...requests {
            var record: Int
            repeat { record = Int(generator.next() % UInt64(cells.count)) } while stamps[record] == trial
            stamps[record] = trial
            let (shard, slice) = (Int(cells[record].shard), Int(cells[record].slice))
            live[shard][slice] -= 1
            first[shard] = min(first[shard], slice)
            var (before, own, all) = (0, 0.0, 0.0)
            for stage in 0..<slices {
                let count = live[shard][stage]
                let passes = weights.earlier * Double(before) + weights.own * Double(count)
                if count > 0 || !skipsEmpty {
                    if stage >= slice { own += passes }
                    if stage >= first[shard] { all += passes }
                }
                before += count
            }
            sequential += own
            batch += all - repair[shard]
            repair[shard] = all
            take(request, batch, sequential)
        }
    }
}

/// Mean and standard error of numbers that come one by one (Welford 1962).
struct RunningMean {
    private(set) var count = 0.0
    private(set) var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let before = value - mean
        mean += before / count
        squares += before * (value - mean)
    }

    var deviation: Double { count > 1 ? (squares / (count - 1)).squareRoot() : 0 }
    var standardError: Double { deviation / count.squareRoot() }
}
